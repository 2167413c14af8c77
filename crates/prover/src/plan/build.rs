//! Lays out the tree.

use causeway_circuits::keccak::Size;

use super::{
    CHUNK_LOG2, CHUNK_STEP, ListPlan, MAX_DEPTH, MAX_LIFTS, MAX_PUBLIC_INPUTS, Plan, PlanError, Step,
    message_blocks,
};

/// What incomplete chunks become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Incomplete {
    /// Part of the list above.
    Open,
    /// Chunks.
    Closed,
}

pub(super) fn plan(public_inputs: &[usize], chunk_log2: u8) -> Result<Plan, PlanError> {
    let max = 1 << MAX_DEPTH;
    let count = match u32::try_from(public_inputs.len()) {
        Ok(0) => return Err(PlanError::Empty),
        Ok(count) if count <= max => count,
        _ => {
            return Err(PlanError::TooMany {
                got: public_inputs.len(),
                max: max as usize,
            });
        }
    };
    if !CHUNK_LOG2.contains(&chunk_log2) {
        return Err(PlanError::ChunkSize { got: chunk_log2 });
    }
    if let Some((index, &got)) = public_inputs
        .iter()
        .enumerate()
        .find(|(_, got)| **got > MAX_PUBLIC_INPUTS)
    {
        return Err(PlanError::PublicInputs {
            index,
            got,
            max: MAX_PUBLIC_INPUTS,
        });
    }
    let build = |incomplete| Builder::new(public_inputs, chunk_log2, incomplete).finish(count);
    let open = build(Incomplete::Open);
    // Leaving chunks open saves their proofs, unless it takes a larger one at the top.
    let plan = match open.lists.first().and_then(ListPlan::size) {
        Some(size) if size <= Size::Medium => open,
        _ if count <= 1 << chunk_log2 => open,
        _ => build(Incomplete::Closed),
    };
    match plan.lists.iter().find(|list| list.size().is_none()) {
        Some(list) => Err(PlanError::ListTooLong {
            proofs: list.proofs.clone(),
            entries: list.entries,
        }),
        None => Ok(plan),
    }
}

struct Builder<'a> {
    public_inputs: &'a [usize],
    chunk_log2: u8,
    incomplete: Incomplete,
    steps: Vec<Step>,
    /// Lists not yet closed, the innermost last.
    open: Vec<ListPlan>,
    /// Numbers of those lists.
    numbers: Vec<usize>,
    lists: Vec<ListPlan>,
}

impl<'a> Builder<'a> {
    fn new(public_inputs: &'a [usize], chunk_log2: u8, incomplete: Incomplete) -> Self {
        Self {
            public_inputs,
            chunk_log2,
            incomplete,
            steps: Vec::new(),
            open: Vec::new(),
            numbers: Vec::new(),
            lists: Vec::new(),
        }
    }

    fn finish(mut self, count: u32) -> Plan {
        let depth = height(count);
        self.open_list();
        let (subtree, _) = self.subtree(0, count);
        let list = self.list();
        let seal = self.steps.len() + 1;
        self.append(seal, 1, 0);
        let keccak = self.close_list();
        let seal = self.push(Step::Seal {
            subtree,
            keccak,
            list,
        });
        let closing = self.push(Step::Closing { seal });
        self.push(Step::Wrap { closing });
        // The list of the top was opened first and closed last.
        Plan {
            count,
            depth,
            steps: self.steps,
            lists: self.lists,
        }
    }

    /// The subtree over `count` proofs from `first` on, open, and its height.
    fn subtree(&mut self, first: u32, count: u32) -> (usize, u8) {
        let height = height(count);
        if height == 0 {
            return (self.leaf(first, false, false), 0);
        }
        if height == 1 {
            return (self.leaf(first, true, true), 1);
        }
        let half = 1 << (height - 1);
        let left = self.child(first, half, height);
        let right = self.right(first + half, count - half, height);
        (self.node(left, Some(right), height - 1 - right.height), height)
    }

    /// A subtree below one of a given height: a chunk where chunks end.
    fn child(&mut self, first: u32, count: u32, above: u8) -> Child {
        let own = height(count);
        let between = (0..MAX_DEPTH)
            .map(|step| self.chunk_log2.saturating_add(step.saturating_mul(CHUNK_STEP)))
            .find(|chunk| (own..above).contains(chunk));
        let closes = between
            .is_some_and(|chunk| count == 1 << chunk || (self.incomplete == Incomplete::Closed && count > 2));
        if !closes {
            let (step, height) = self.subtree(first, count);
            return Child { step, height };
        }
        self.open_list();
        let (subtree, height) = self.subtree(first, count);
        let keccak = self.close_list();
        let step = self.push(Step::Chunk { subtree, keccak });
        Child { step, height }
    }

    /// A right child, raised until a node of this height can lift it.
    fn right(&mut self, first: u32, count: u32, above: u8) -> Child {
        let lowest = (above - 1).saturating_sub(MAX_LIFTS as u8);
        let mut child = if count == 1 && lowest > 0 {
            Child {
                step: self.leaf(first, false, true),
                height: 1,
            }
        } else {
            self.child(first, count, above)
        };
        while child.height < lowest {
            let height = child.height + 1;
            child = Child {
                step: self.node(child, None, 0),
                height,
            };
        }
        child
    }

    fn leaf(&mut self, first: u32, pair: bool, joined: bool) -> usize {
        let list = self.list();
        let step = self.push(Step::Leaf {
            first,
            pair,
            joined,
            list,
        });
        let after = first + 1 + u32::from(pair);
        let blocks: usize = (first..after)
            .map(|index| message_blocks(self.public_inputs[index as usize]))
            .sum();
        let messages = (after - first) as usize;
        self.append(step, blocks + usize::from(joined), blocks - messages);
        if let Some(list) = self.open.last_mut() {
            if list.proofs.is_empty() {
                list.proofs.start = first;
            }
            list.proofs.end = after;
        }
        step
    }

    fn node(&mut self, left: Child, right: Option<Child>, lifts: u8) -> usize {
        let list = self.list();
        let step = self.push(Step::Node {
            left: left.step,
            right: right.map(|right| right.step),
            list,
        });
        self.append(step, 1 + usize::from(lifts), 0);
        step
    }

    fn push(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    fn open_list(&mut self) {
        self.numbers.push(self.lists.len());
        self.lists.push(ListPlan::default());
        self.open.push(ListPlan::default());
    }

    /// Number of the list that is appended to.
    fn list(&self) -> usize {
        self.numbers.last().copied().unwrap_or_default()
    }

    fn append(&mut self, step: usize, entries: usize, continuing: usize) {
        if let Some(list) = self.open.last_mut() {
            list.steps.push(step);
            list.entries += entries;
            list.continuing += continuing;
        }
    }

    fn close_list(&mut self) -> usize {
        let list = self.list();
        if let (Some(number), Some(closed)) = (self.numbers.pop(), self.open.pop()) {
            self.lists[number] = closed;
        }
        self.push(Step::Keccak { list })
    }
}

/// A subtree that is part of one above.
#[derive(Clone, Copy)]
struct Child {
    step: usize,
    height: u8,
}

/// The least height of a tree with so many places.
const fn height(count: u32) -> u8 {
    count.next_power_of_two().trailing_zeros() as u8
}
