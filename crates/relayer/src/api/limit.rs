//! How many certificates somebody may send: by his address before anything is read, by his network once that is shown to have made them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// How many have a bucket of their own. Anybody can have many addresses: whoever comes beyond that shares one with his like.
const MOST: usize = 4_096;

/// Nobody is told to wait for longer, in seconds: a rate of zero never fills anything.
const LONGEST: u64 = 3_600;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// A bucket of tokens for each: one certificate takes one.
#[derive(Debug)]
pub(super) struct Limiter<K> {
    per_second: f64,
    burst: f64,
    buckets: Mutex<HashMap<Option<K>, Bucket>>,
}

impl<K: Copy + Eq + Hash> Limiter<K> {
    pub(super) fn new(per_second: f64, burst: u32) -> Self {
        Self {
            per_second,
            burst: f64::from(burst.max(1)),
            buckets: Mutex::new(HashMap::new()),
        }
    }

    /// Takes one, or says after how many seconds there is one.
    pub(super) fn take(&self, whose: K, now: Instant) -> Result<(), u64> {
        self.change(whose, now, |left| {
            self.enough(*left)?;
            *left -= 1.0;
            Ok(())
        })
    }

    /// Whether there is one, or after how many seconds there is.
    pub(super) fn look(&self, whose: K, now: Instant) -> Result<(), u64> {
        self.change(whose, now, |left| self.enough(*left))
    }

    /// Takes one, whether or not there is one: what is missing has to be filled before there is another.
    pub(super) fn charge(&self, whose: K, now: Instant) {
        self.change(whose, now, |left| *left -= 1.0);
    }

    fn enough(&self, left: f64) -> Result<(), u64> {
        if left >= 1.0 {
            return Ok(());
        }
        let wait = ((1.0 - left) / self.per_second).ceil();
        Err(if wait.is_finite() {
            wait.clamp(1.0, LONGEST as f64) as u64
        } else {
            LONGEST
        })
    }

    fn change<T>(&self, whose: K, now: Instant, change: impl FnOnce(&mut f64) -> T) -> T {
        let mut buckets = self.buckets();
        let mut key = Some(whose);
        if buckets.len() >= MOST && !buckets.contains_key(&key) {
            // What is as good as new is forgotten.
            buckets.retain(|_, bucket| self.filled(*bucket, now) < self.burst);
            if buckets.len() >= MOST {
                key = None;
            }
        }
        let bucket = buckets.entry(key).or_insert(Bucket {
            left: self.burst,
            at: now,
        });
        *bucket = Bucket {
            left: self.filled(*bucket, now),
            at: now,
        };
        change(&mut bucket.left)
    }

    fn filled(&self, bucket: Bucket, now: Instant) -> f64 {
        let seconds = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.left + seconds * self.per_second).min(self.burst)
    }

    fn buckets(&self) -> MutexGuard<'_, HashMap<Option<K>, Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn everybody_has_his_burst_and_then_his_rate() {
        let limiter = Limiter::new(2.0, 3);
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(limiter.take(7, now), Ok(()));
        }
        assert_eq!(limiter.take(7, now), Err(1));
        assert_eq!(limiter.take(8, now), Ok(()), "another has his own");
        let later = now + Duration::from_millis(500);
        assert_eq!(limiter.take(7, later), Ok(()));
        assert_eq!(limiter.take(7, later), Err(1));
    }

    #[test]
    fn a_look_takes_nothing_and_what_came_at_once_is_made_up_for() {
        let limiter = Limiter::new(1.0, 1);
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(limiter.look(7, now), Ok(()));
        }
        for _ in 0..3 {
            limiter.charge(7, now);
        }
        assert_eq!(limiter.look(7, now), Err(3));
        assert_eq!(limiter.look(7, now + Duration::from_secs(3)), Ok(()));
    }

    #[test]
    fn a_flood_of_addresses_has_one_bucket_and_takes_nobody_elses() {
        let limiter = Limiter::new(1.0, 2);
        let now = Instant::now();
        let refused = (0..3 * MOST)
            .filter(|address| limiter.take(*address, now).is_err())
            .count();
        assert_eq!(refused, 2 * MOST - 2);
        assert_eq!(limiter.buckets().len(), MOST + 1);
        assert_eq!(
            limiter.take(0, now),
            Ok(()),
            "who was there has what is left to him"
        );
        let later = now + Duration::from_secs(2);
        assert_eq!(limiter.take(MOST + 1, later), Ok(()));
        assert!(limiter.buckets().len() < 3, "what is as good as new is forgotten");
    }

    #[test]
    fn a_rate_of_zero_says_an_hour() {
        let limiter = Limiter::new(0.0, 1);
        let now = Instant::now();
        assert_eq!(limiter.take(7, now), Ok(()));
        assert_eq!(limiter.take(7, now), Err(3_600));
    }
}
