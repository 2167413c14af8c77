//! Panics of others, caught.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; `None` if it panics, of which nothing is printed.
///
/// plonky2's generators index and unwrap what a prover gave them, so that a bad input is a panic of theirs, in a place that
/// no check of ours can come before: catching it is the only way to tell the prover. What `work` leaves half done must be
/// thrown away by whoever calls this. Panics of other threads, and those elsewhere on this one, are reported as ever: our
/// hook hands them to the one that it found. Under `panic = "abort"` nothing is caught.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    // Hooks cannot be changed by a thread that is panicking.
    if !HOOK.is_completed() && !std::thread::panicking() {
        HOOK.call_once(|| {
            let found = take_hook();
            set_hook(Box::new(move |info| {
                if !QUIET.try_with(Cell::get).unwrap_or(false) {
                    found(info);
                }
            }));
        });
    }
    let before = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_nothing_and_the_next_one_is_heard() {
        assert_eq!(quietly(|| 5), Some(5));
        assert_eq!(quietly(|| -> u32 { panic!("unheard") }), None);
        assert!(!QUIET.get());
    }
}
