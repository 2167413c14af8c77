//! Merkle trees whose nodes are shared: a changed copy of a tree costs the changed paths, a plain copy costs nothing.

use std::cmp::Ordering;
use std::fmt::Debug;
use std::sync::Arc;

use crate::stored::{Stored, StoredError, Stream};

/// What distinguishes one kind of tree from another.
pub trait TreeKind: Debug {
    /// What a node is.
    type Digest: Copy + Eq + Debug + 'static;
    /// What is kept at a leaf.
    type Leaf: Clone + Debug;

    /// Levels below the root, 1 to 64.
    const DEPTH: u32;

    /// The digest of a leaf.
    fn leaf(leaf: &Self::Leaf) -> Self::Digest;

    /// The digest above two nodes.
    fn node(left: Self::Digest, right: Self::Digest) -> Self::Digest;

    /// Digests of empty subtrees by height, from the empty leaf to the empty tree: [`empty_digests`], kept.
    fn empty() -> &'static [Self::Digest];
}

/// Digests of empty subtrees of every height, from that of an empty leaf.
pub fn empty_digests<K: TreeKind>(leaf: K::Digest) -> Vec<K::Digest> {
    let mut digests = vec![leaf];
    for _ in 0..K::DEPTH {
        let below = digests[digests.len() - 1];
        digests.push(K::node(below, below));
    }
    digests
}

/// The root that a leaf's digest, its index and its siblings, the leaf's own first, give.
pub fn path_root<K: TreeKind>(leaf: K::Digest, index: u64, path: &[K::Digest]) -> K::Digest {
    path.iter().enumerate().fold(leaf, |node, (height, &sibling)| {
        if index >> height & 1 == 1 {
            K::node(sibling, node)
        } else {
            K::node(node, sibling)
        }
    })
}

/// A tree. Leaves can be set and replaced, never removed.
pub struct Tree<K: TreeKind> {
    root: Link<K>,
}

type Link<K> = Option<Arc<Node<K>>>;

enum Node<K: TreeKind> {
    Leaf {
        digest: K::Digest,
        leaf: K::Leaf,
    },
    Inner {
        digest: K::Digest,
        children: [Link<K>; 2],
    },
}

impl<K: TreeKind> Node<K> {
    const fn digest(&self) -> K::Digest {
        match self {
            Self::Leaf { digest, .. } | Self::Inner { digest, .. } => *digest,
        }
    }

    fn child(&self, right: bool) -> &Link<K> {
        match self {
            Self::Leaf { .. } => &None,
            Self::Inner { children, .. } => &children[usize::from(right)],
        }
    }
}

impl<K: TreeKind> Tree<K> {
    /// The tree of empty leaves.
    pub const fn new() -> Self {
        Self { root: None }
    }

    /// The root.
    pub fn root(&self) -> K::Digest {
        digest(&self.root, K::DEPTH)
    }

    /// The leaf at an index, if it was ever set.
    pub fn get(&self, index: u64) -> Option<&K::Leaf> {
        let mut node = self.root.as_ref()?;
        for height in (0..K::DEPTH).rev() {
            node = node.child(index >> height & 1 == 1).as_ref()?;
        }
        match &**node {
            Node::Leaf { leaf, .. } => Some(leaf),
            Node::Inner { .. } => None,
        }
    }

    /// The siblings of a leaf, its own first.
    pub fn path(&self, index: u64) -> Vec<K::Digest> {
        let mut path = Vec::with_capacity(K::DEPTH as usize);
        let mut link = &self.root;
        for height in (0..K::DEPTH).rev() {
            let right = index >> height & 1 == 1;
            let (next, sibling) = match link {
                Some(node) => (node.child(right), node.child(!right)),
                None => (&None, &None),
            };
            path.push(digest(sibling, height));
            link = next;
        }
        path.reverse();
        path
    }

    /// Sets one leaf.
    pub fn set(&mut self, index: u64, leaf: K::Leaf) {
        self.set_many(&[(index, leaf)]);
    }

    /// Sets leaves, given in ascending order of their indices, and hashes each node above them once.
    pub fn set_many(&mut self, leaves: &[(u64, K::Leaf)]) {
        debug_assert!(leaves.is_sorted_by_key(|(index, _)| *index));
        self.root = set::<K>(&self.root, K::DEPTH, leaves);
    }

    /// The root that the tree has with only the leaves below `count`.
    pub fn prefix_root(&self, count: u64) -> K::Digest {
        let nodes = self.prefix_nodes(count);
        nodes[nodes.len() - 1]
    }

    /// The siblings of a leaf in the tree with only the leaves below `count`.
    pub fn prefix_path(&self, index: u64, count: u64) -> Vec<K::Digest> {
        let partial = self.prefix_nodes(count);
        let mut path = self.path(index);
        for (height, node) in path.iter_mut().enumerate() {
            let sibling = index >> height ^ 1;
            match sibling.cmp(&(count >> height)) {
                Ordering::Less => {}
                Ordering::Equal => *node = partial[height],
                Ordering::Greater => *node = K::empty()[height],
            }
        }
        path
    }

    /// The nodes on the path of the first leaf beyond a prefix, from that leaf to the root, with everything from that leaf
    /// on empty.
    fn prefix_nodes(&self, count: u64) -> Vec<K::Digest> {
        let empty = K::empty();
        let mut nodes = vec![empty[0]];
        for (height, &sibling) in self.path(count).iter().enumerate() {
            nodes.push(if count >> height & 1 == 1 {
                K::node(sibling, nodes[height])
            } else {
                K::node(nodes[height], empty[height])
            });
        }
        nodes
    }
}

fn digest<K: TreeKind>(link: &Link<K>, height: u32) -> K::Digest {
    match link {
        Some(node) => node.digest(),
        None => K::empty()[height as usize],
    }
}

fn set<K: TreeKind>(link: &Link<K>, height: u32, leaves: &[(u64, K::Leaf)]) -> Link<K> {
    let Some((_, last)) = leaves.last() else {
        return link.clone();
    };
    let Some(below) = height.checked_sub(1) else {
        return Some(Arc::new(Node::Leaf {
            digest: K::leaf(last),
            leaf: last.clone(),
        }));
    };
    let (left, right) = leaves.split_at(leaves.partition_point(|(index, _)| index >> below & 1 == 0));
    let old = link.as_ref();
    let child = |right: bool, leaves| match old {
        Some(node) => set::<K>(node.child(right), below, leaves),
        None => set::<K>(&None, below, leaves),
    };
    let children = [child(false, left), child(true, right)];
    Some(Arc::new(Node::Inner {
        digest: K::node(digest(&children[0], below), digest(&children[1], below)),
        children,
    }))
}

fn store<K: TreeKind<Digest: Stored, Leaf: Stored>>(link: &Link<K>, to: &mut Vec<u8>) {
    link.is_some().store(to);
    match link.as_deref() {
        None => {}
        Some(Node::Leaf { digest, leaf }) => {
            digest.store(to);
            leaf.store(to);
        }
        Some(Node::Inner { digest, children }) => {
            digest.store(to);
            store(&children[0], to);
            store(&children[1], to);
        }
    }
}

fn restore<K: TreeKind<Digest: Stored, Leaf: Stored>>(
    height: u32,
    from: &mut Stream<'_>,
) -> Result<Link<K>, StoredError> {
    if !bool::restore(from)? {
        return Ok(None);
    }
    let digest = K::Digest::restore(from)?;
    let node = match height.checked_sub(1) {
        None => Node::Leaf {
            digest,
            leaf: K::Leaf::restore(from)?,
        },
        Some(below) => Node::Inner {
            digest,
            children: [restore(below, from)?, restore(below, from)?],
        },
    };
    Ok(Some(Arc::new(node)))
}

impl<K: TreeKind<Digest: Stored, Leaf: Stored>> Stored for Tree<K> {
    fn store(&self, to: &mut Vec<u8>) {
        store(&self.root, to);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        let root = restore(K::DEPTH, from)?;
        Ok(Self { root })
    }
}

impl<K: TreeKind> Clone for Tree<K> {
    fn clone(&self) -> Self {
        Self {
            root: self.root.clone(),
        }
    }
}

impl<K: TreeKind> Debug for Tree<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tree")
            .field("root", &self.root())
            .finish_non_exhaustive()
    }
}

impl<K: TreeKind> Default for Tree<K> {
    fn default() -> Self {
        Self::new()
    }
}

/// Two trees are equal if their roots are.
impl<K: TreeKind> PartialEq for Tree<K> {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}

impl<K: TreeKind> Eq for Tree<K> {}
