//! Labels, and the steps of histograms.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

/// Labels with their values, in the order in which they are printed.
pub(super) type Labels = Vec<(&'static str, String)>;
/// A gauge for each set of labels.
pub(super) type Gauges = Family<Labels, Gauge<f64, AtomicU64>>;
/// A counter for each set of labels.
pub(super) type Counters = Family<Labels, Counter<f64, AtomicU64>>;
/// A histogram for each set of labels.
pub(super) type Histograms = Family<Labels, Histogram, fn() -> Histogram>;

/// Labels.
pub(super) fn labels<const N: usize>(labels: [(&'static str, &str); N]) -> Labels {
    labels.map(|(name, value)| (name, value.to_owned())).to_vec()
}

/// Seconds of what is over at once: 1 ms to 30 s.
pub(super) fn short() -> Histogram {
    Histogram::new([
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    ])
}

/// Seconds of what takes its time: half a second to four hours.
pub(super) fn long() -> Histogram {
    Histogram::new([
        0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0,
        14_400.0,
    ])
}

/// Blocks.
pub(super) fn blocks() -> Histogram {
    Histogram::new([1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0])
}
