//! Neighbours, joined pairwise until one is left.

/// Joins a run by halves, the left one not the shorter; nothing of nothing.
pub(super) fn join<T: Copy, E>(
    run: &[T],
    both: &mut impl FnMut(T, T) -> Result<T, E>,
) -> Result<Option<T>, E> {
    if let [] | [_] = run {
        return Ok(run.first().copied());
    }
    let (left, right) = run.split_at(run.len().div_ceil(2));
    match (join(left, both)?, join(right, both)?) {
        (Some(left), Some(right)) => both(left, right).map(Some),
        (one, other) => Ok(one.or(other)),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn a_run_is_joined_in_order_and_low() {
        for count in 0..20usize {
            // First and last of a run, and its height.
            let singles: Vec<_> = (0..count).map(|place| (place, place, 0)).collect();
            let joined = join::<_, Infallible>(&singles, &mut |left, right| {
                assert_eq!(left.1 + 1, right.0);
                Ok((left.0, right.1, left.2.max(right.2) + 1))
            });
            let height = count.next_power_of_two().trailing_zeros();
            let expected = count.checked_sub(1).map(|last| (0, last, height));
            assert_eq!(joined, Ok(expected));
        }
    }
}
