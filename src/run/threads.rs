//! The threads of a run. All of its stages work on the same, so that the memory which a thread keeps for itself after one
//! stage serves the next.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// Threads that frames and figures are spread over.
#[derive(Debug)]
pub struct Threads(ThreadPool);

impl Threads {
    /// So many new threads; for 0 as many as the machine has cores.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn new(count: usize) -> Result<Self, ThreadPoolBuildError> {
        ThreadPoolBuilder::new().num_threads(count).build().map(Self)
    }

    /// As [`Self::new`], the calling thread being one of them: for the thread of a program that would only wait for the
    /// others. What is set up for it stays for as long as it lives.
    ///
    /// # Errors
    /// As there, or the calling thread is one of some threads already.
    pub fn with_this(count: usize) -> Result<Self, ThreadPoolBuildError> {
        ThreadPoolBuilder::new().num_threads(count).use_current_thread().build().map(Self)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.current_num_threads()
    }

    /// Does `work`, of which parallel iterators are spread over the threads.
    pub fn spread<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.0.install(work)
    }

    /// Does `work` on each thread once, all at the same time.
    pub fn each(&self, work: impl Fn() + Sync) {
        self.0.broadcast(|_| work());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Mutex;
    use std::thread::{ThreadId, current};

    use super::*;

    fn at_work(threads: &Threads) -> HashSet<ThreadId> {
        let seen = Mutex::new(Vec::new());
        threads.each(|| seen.lock().unwrap().push(current().id()));
        let seen = seen.into_inner().unwrap();
        assert_eq!(seen.len(), threads.count(), "each once");
        seen.into_iter().collect()
    }

    #[test]
    fn each_thread_works_once_and_the_calling_one_where_it_is_among_them() {
        let others = Threads::new(3).unwrap();
        assert_eq!((others.count(), at_work(&others).len()), (3, 3));
        assert!(!at_work(&others).contains(&current().id()));
        let with_this = Threads::with_this(3).unwrap();
        assert_eq!(at_work(&with_this).len(), 3);
        assert!(at_work(&with_this).contains(&current().id()));
        assert_eq!(with_this.spread(|| current().id()), current().id());
        assert!(Threads::with_this(2).is_err(), "one thread cannot be among the threads of two");
    }
}
