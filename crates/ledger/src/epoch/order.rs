//! In which order what settles together is written down.

use std::collections::BTreeSet;

use super::needs::{Need, Provider};

/// Groups of candidates that need each other, each group after those it needs; among groups that could be next, the one
/// with the least key comes first. Within a group, candidates are in the order of their keys.
pub(super) fn groups<K: Ord>(
    needs: &[Vec<Need>],
    kept: impl Fn(usize) -> bool,
    key: impl Fn(usize) -> K,
) -> Vec<Vec<usize>> {
    let edges: Vec<Vec<usize>> = needs
        .iter()
        .enumerate()
        .map(|(candidate, needs)| {
            let providers = needs.iter().filter_map(|need| match need.provider {
                Provider::Candidate(provider) if kept(candidate) => Some(provider),
                _ => None,
            });
            providers.collect()
        })
        .collect();
    let mut backward = vec![Vec::new(); edges.len()];
    for (candidate, providers) in edges.iter().enumerate() {
        for &provider in providers {
            backward[provider].push(candidate);
        }
    }
    let (members, group_of) = components(&edges, &backward, &kept);
    let mut members = members;
    for group in &mut members {
        group.sort_by_key(|&candidate| key(candidate));
    }

    let outside = |group: usize| {
        let providers = members[group].iter().flat_map(|&candidate| &edges[candidate]);
        let groups = providers.map(|&provider| group_of[provider]);
        groups
            .filter(|&provider| provider != group)
            .collect::<BTreeSet<_>>()
    };
    let mut waiting: Vec<_> = (0..members.len()).map(|group| outside(group).len()).collect();
    let mut dependents = vec![Vec::new(); members.len()];
    for group in 0..members.len() {
        for provider in outside(group) {
            dependents[provider].push(group);
        }
    }
    let ready = |group: usize| (key(members[group][0]), group);
    let mut next: BTreeSet<_> = (0..members.len())
        .filter(|&group| waiting[group] == 0)
        .map(ready)
        .collect();
    let mut order = Vec::with_capacity(members.len());
    while let Some((_, group)) = next.pop_first() {
        order.push(group);
        for &dependent in &dependents[group] {
            waiting[dependent] -= 1;
            if waiting[dependent] == 0 {
                next.insert(ready(dependent));
            }
        }
    }
    order.into_iter().map(|group| members[group].clone()).collect()
}

/// Strongly connected components by two searches: along the edges for the order of finishing, against them in its reverse.
fn components(
    forward: &[Vec<usize>],
    backward: &[Vec<usize>],
    kept: impl Fn(usize) -> bool,
) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut finished = Vec::new();
    let mut seen = vec![false; forward.len()];
    for start in (0..forward.len()).filter(|&candidate| kept(candidate)) {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut stack = vec![(start, 0)];
        while let Some((candidate, at)) = stack.last_mut() {
            match forward[*candidate].get(*at) {
                Some(&next) => {
                    *at += 1;
                    if !seen[next] {
                        seen[next] = true;
                        stack.push((next, 0));
                    }
                }
                None => {
                    finished.push(*candidate);
                    stack.pop();
                }
            }
        }
    }
    let mut members = Vec::new();
    let mut group_of = vec![usize::MAX; forward.len()];
    for &start in finished.iter().rev() {
        if group_of[start] != usize::MAX {
            continue;
        }
        let group = members.len();
        let (mut found, mut stack) = (Vec::new(), vec![start]);
        group_of[start] = group;
        while let Some(candidate) = stack.pop() {
            found.push(candidate);
            for &next in &backward[candidate] {
                if group_of[next] == usize::MAX {
                    group_of[next] = group;
                    stack.push(next);
                }
            }
        }
        members.push(found);
    }
    (members, group_of)
}
