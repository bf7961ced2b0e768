//! Panics of the embedded engine: a graph that makes it panic is an error of the model, not the end of the run.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `work` gives.
///
/// # Errors
/// It panicked; what the panic says.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What a panic leaves half done is the engine's scratch memory, which nobody looks at again.
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| message(panic.as_ref()))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}

/// The first of `steps` with which the ones before it fail, where `fails` tells whether the first so many do.
pub fn first_failing<S>(steps: &[S], fails: impl Fn(&[S]) -> bool) -> Option<&S> {
    let (mut good, mut bad) = (0, steps.len());
    if bad == 0 || !fails(steps) {
        return None;
    }
    while good + 1 < bad {
        let middle = usize::midpoint(good, bad);
        if fails(&steps[..middle]) {
            bad = middle;
        } else {
            good = middle;
        }
    }
    steps.get(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_that_fails_is_found_among_others() {
        let steps: Vec<u32> = (0..23).collect();
        for culprit in &steps {
            assert_eq!(first_failing(&steps, |first| first.contains(culprit)), Some(culprit));
        }
        assert_eq!(first_failing(&steps, |_| false), None);
        assert_eq!(first_failing::<u32>(&[], |_| true), None);
    }

    #[test]
    fn a_panic_is_told_with_its_message() {
        let number = 3;
        assert_eq!(guarded(|| panic!("axis {number}")).map(|()| 0), Err("axis 3".to_owned()));
        assert_eq!(guarded(|| 1), Ok(1));
    }
}
