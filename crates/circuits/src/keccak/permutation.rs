//! Keccak-f[1600], natively (FIPS 202, section 3.3).

/// Rounds of Keccak-f[1600].
pub const ROUNDS: usize = 24;

/// Bits of a lane.
pub const LANE_BITS: usize = 64;

/// Lane (x, y) is at x + 5 y.
pub type State = [u64; 25];

/// The constants of iota (FIPS 202, section 3.2.5).
pub const ROUND_CONSTANTS: [u64; ROUNDS] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// By how many bits rho rotates lane (x, y): `ROTATIONS[x][y]` (FIPS 202, table 2, modulo 64).
pub const ROTATIONS: [[usize; 5]; 5] = [
    [0, 36, 3, 41, 18],
    [1, 44, 10, 45, 2],
    [62, 6, 43, 15, 61],
    [28, 55, 25, 21, 56],
    [27, 20, 39, 8, 14],
];

/// The parity of each column of lanes: what theta adds is made of it.
pub fn column_parities(state: &State) -> [u64; 5] {
    std::array::from_fn(|x| (0..5).fold(0, |parity, y| parity ^ state[x + 5 * y]))
}

/// Theta.
pub fn theta(state: &State) -> State {
    let parities = column_parities(state);
    std::array::from_fn(|lane| {
        let x = lane % 5;
        state[lane] ^ parities[(x + 4) % 5] ^ parities[(x + 1) % 5].rotate_left(1)
    })
}

/// The steps of a round after theta: rho, pi, chi and iota.
pub fn after_theta(state: &State, round_constant: u64) -> State {
    let mut moved = [0; 25];
    for x in 0..5 {
        for y in 0..5 {
            moved[y + 5 * ((2 * x + 3 * y) % 5)] = state[x + 5 * y].rotate_left(ROTATIONS[x][y] as u32);
        }
    }
    let mut next: State = std::array::from_fn(|lane| {
        let (x, y) = (lane % 5, lane / 5);
        moved[lane] ^ (!moved[(x + 1) % 5 + 5 * y] & moved[(x + 2) % 5 + 5 * y])
    });
    next[0] ^= round_constant;
    next
}

/// Keccak-f[1600].
pub fn permute(state: &State) -> State {
    ROUND_CONSTANTS
        .iter()
        .fold(*state, |state, &constant| after_theta(&theta(&state), constant))
}
