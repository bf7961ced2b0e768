//! The cryptography of encrypted connections: ring, in place of AWS-LC, which reqwest would bring by itself and which
//! takes longer to compile than the rest of the network code together.

use std::sync::Once;

use rustls::crypto::ring;

/// Makes ring the provider of this process, unless a program that uses this library has chosen one. To be called
/// before a client for `https` is made: without a provider reqwest panics.
pub fn ensure_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that there is a provider already, and it may stay.
        let _chosen_before = ring::default_provider().install_default();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// reqwest finds the provider only if it is built on the same rustls.
    #[test]
    fn clients_for_https_find_the_provider() {
        ensure_provider();
        ensure_provider();
        assert!(reqwest::blocking::Client::builder().https_only(true).tls_certs_only([]).build().is_ok());
    }
}
