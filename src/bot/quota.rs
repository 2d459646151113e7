//! Quotas: token buckets that fill again with time. Pure.

use std::time::{Duration, Instant};

/// The size of a bucket, and the tokens that it gains in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct BucketRate {
    burst: f64,
    per_sec: f64,
}

impl BucketRate {
    /// A minute's worth at once, and then as many a minute.
    pub(super) fn per_minute(count: u32) -> Self {
        Self { burst: f64::from(count), per_sec: f64::from(count) / 60.0 }
    }

    /// Several at once, and then one in each gap; without a gap, no bound.
    pub(super) fn with_gap(burst: u32, gap_ms: u64) -> Self {
        let per_sec = if gap_ms == 0 { f64::INFINITY } else { 1000.0 / gap_ms as f64 };
        Self { burst: f64::from(burst.max(1)), per_sec }
    }
}

/// The tokens left at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct TokenBucket {
    tokens: f64,
    at: Instant,
}

impl TokenBucket {
    pub(super) fn full(rate: BucketRate, now: Instant) -> Self {
        Self { tokens: rate.burst, at: now }
    }

    fn fill(&mut self, rate: BucketRate, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        // An infinite rate times no time is no number.
        let gained = if rate.per_sec.is_finite() { passed * rate.per_sec } else { rate.burst };
        self.tokens = (self.tokens + gained).min(rate.burst);
        self.at = self.at.max(now);
    }

    /// Whether there is a token.
    pub(super) fn has_token(&mut self, rate: BucketRate, now: Instant) -> bool {
        self.fill(rate, now);
        self.tokens >= 1.0
    }

    /// Takes a token, down to none.
    pub(super) fn take(&mut self, rate: BucketRate, now: Instant) {
        self.fill(rate, now);
        self.tokens = (self.tokens - 1.0).max(0.0);
    }

    pub(super) fn is_full(&mut self, rate: BucketRate, now: Instant) -> bool {
        self.fill(rate, now);
        self.tokens >= rate.burst
    }

    /// Returns the time of the next token, `now` or later.
    pub(super) fn next_token(&mut self, rate: BucketRate, now: Instant) -> Instant {
        if self.has_token(rate, now) {
            return now;
        }
        // Rounded up, so that the token is there at that time.
        now + Duration::from_secs_f64((1.0 - self.tokens) / rate.per_sec) + Duration::from_millis(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_at_once_and_fills_with_time() {
        let (rate, begin) = (BucketRate::per_minute(6), Instant::now());
        let mut bucket = TokenBucket::full(rate, begin);
        let mut take = |secs: u64| {
            let now = begin + Duration::from_secs(secs);
            let has = bucket.has_token(rate, now);
            bucket.take(rate, now);
            has
        };
        assert_eq!([0; 7].map(&mut take), [true, true, true, true, true, true, false]);
        assert_eq!([9, 20, 20, 29].map(&mut take), [false, true, false, false]);
        assert_eq!([600; 7].map(&mut take), [true, true, true, true, true, true, false]);
    }

    #[test]
    fn the_next_token_is_there_at_its_time() {
        let (rate, now) = (BucketRate::with_gap(2, 5000), Instant::now());
        let mut bucket = TokenBucket::full(rate, now);
        assert_eq!(bucket.next_token(rate, now), now);
        bucket.take(rate, now);
        bucket.take(rate, now);
        let next = bucket.next_token(rate, now);
        assert!(next > now + Duration::from_secs(4) && next < now + Duration::from_secs(6));
        assert!(bucket.has_token(rate, next) && !bucket.is_full(rate, next));
    }

    #[test]
    fn a_platform_without_a_gap_has_no_bound() {
        let (rate, now) = (BucketRate::with_gap(3, 0), Instant::now());
        let mut bucket = TokenBucket::full(rate, now);
        for _ in 0..1000 {
            assert!(bucket.has_token(rate, now));
            bucket.take(rate, now);
        }
    }
}
