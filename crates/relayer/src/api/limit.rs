//! How many certificates a network may send.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Networks whose state is kept. Anybody can name one, so what is as good as new is forgotten.
const MOST: usize = 4_096;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// A bucket of tokens for each network: one certificate takes one.
#[derive(Debug)]
pub(super) struct Limiter {
    per_second: f64,
    burst: f64,
    buckets: Mutex<HashMap<u32, Bucket>>,
}

impl Limiter {
    pub(super) fn new(per_second: f64, burst: u32) -> Self {
        Self {
            per_second,
            burst: f64::from(burst.max(1)),
            buckets: Mutex::new(HashMap::new()),
        }
    }

    /// Takes one, or says after how many seconds there is one.
    pub(super) fn take(&self, network: u32, now: Instant) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| self.filled(*bucket, now) < self.burst);
        }
        let new = Bucket {
            left: self.burst,
            at: now,
        };
        let bucket = buckets.entry(network).or_insert(new);
        let left = self.filled(*bucket, now);
        if left >= 1.0 {
            *bucket = Bucket {
                left: left - 1.0,
                at: now,
            };
            return Ok(());
        }
        let wait = ((1.0 - left) / self.per_second).ceil();
        // A rate of zero never fills it: nobody waits for longer than an hour without asking.
        Err(if wait.is_finite() {
            wait.clamp(1.0, 3_600.0) as u64
        } else {
            3_600
        })
    }

    fn filled(&self, bucket: Bucket, now: Instant) -> f64 {
        let seconds = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.left + seconds * self.per_second).min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_network_has_its_burst_and_then_its_rate() {
        let limiter = Limiter::new(2.0, 3);
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(limiter.take(7, now), Ok(()));
        }
        assert_eq!(limiter.take(7, now), Err(1));
        assert_eq!(limiter.take(8, now), Ok(()), "another network has its own");
        let later = now + Duration::from_millis(500);
        assert_eq!(limiter.take(7, later), Ok(()));
        assert_eq!(limiter.take(7, later), Err(1));
    }

    #[test]
    fn a_flood_of_names_is_forgotten() {
        let limiter = Limiter::new(1.0, 1);
        let now = Instant::now();
        for network in 0..3 * 4_096 {
            let at = now + Duration::from_millis(u64::from(network));
            assert_eq!(limiter.take(network, at), Ok(()));
        }
        assert!(limiter.buckets.lock().expect("a lock").len() <= MOST);
    }

    #[test]
    fn a_rate_of_zero_says_an_hour() {
        let limiter = Limiter::new(0.0, 1);
        let now = Instant::now();
        assert_eq!(limiter.take(7, now), Ok(()));
        assert_eq!(limiter.take(7, now), Err(3_600));
    }
}
