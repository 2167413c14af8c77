#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn closes() {
    let size = match std::env::var("SIZE").as_deref() {
        Ok("m") => Size::Medium,
        Ok("l") => Size::Large,
        _ => Size::Small,
    };
    let t = std::time::Instant::now();
    let closing = ListClosing::new(size).unwrap();
    println!("built {:?} {:?}", t.elapsed(), closing.rows());
    let entries: Vec<Entry> = (0..size.entries() as u32 - 10)
        .map(|i| Entry::of_message(&i.to_be_bytes()).0[0])
        .chain(Entry::of_message(&[7; 300]).0)
        .collect();
    let t = std::time::Instant::now();
    let (list, proof) = closing
        .close(&entries, |stage| println!("{stage} {:?}", t.elapsed()))
        .unwrap();
    assert_eq!(proof.public_inputs()[4..8], closed_list_inputs(&list));
}
