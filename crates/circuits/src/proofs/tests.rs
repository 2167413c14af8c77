//! tests
#![allow(clippy::unwrap_used)]
use super::circuit::KeccakKeys;
use super::*;
#[test]
fn rows() {
    let leaf = Leaf::new().unwrap();
    println!("leaf {}", leaf.rows());
    let keys = KeccakKeys::new(&vec![leaf.key().clone()]).unwrap();
    let chunk = Chunk::new(&keys).unwrap();
    println!("chunk {}", chunk.rows());
    let node = Node::new(leaf.key_digest(), chunk.key_digest()).unwrap();
    println!("node {}", node.rows());
    let seal = Seal::new(leaf.key_digest(), node.key_digest(), chunk.key_digest(), &keys).unwrap();
    println!("seal {}", seal.rows());
}
