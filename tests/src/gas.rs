//! Where the gas of a transaction goes.

/// Gas of any transaction (EIP-2718 and before).
const TRANSACTION: u64 = 21_000;
/// Further gas of a transaction that creates a contract (EIP-2).
const CREATE: u64 = 32_000;
/// Gas of a word of creation code (EIP-3860).
const INITCODE_WORD: u64 = 2;
/// Gas of a zero byte of calldata.
const ZERO_BYTE: u64 = 4;
/// Gas of any other byte of calldata (EIP-2028).
const NON_ZERO_BYTE: u64 = 16;

/// Gas of the precompiles that no Groth16 verifier with `num_public` public inputs can avoid (EIP-1108): for each
/// input a multiplication and an addition, then one pairing check of four pairs.
pub const fn groth16_floor(num_public: u64) -> u64 {
    num_public * (6_000 + 150) + 45_000 + 4 * 34_000
}

/// The gas of one transaction by what it was spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TxGas {
    /// What the sender pays for.
    pub total: u64,
    /// What a transaction, or a creation, costs before it does anything.
    pub transaction: u64,
    /// Its calldata or creation code.
    pub calldata: u64,
    /// Execution, the code of a new contract included.
    pub execution: u64,
}

impl TxGas {
    /// Splits `total`, the gas of a transaction with `data`.
    pub fn new(total: u64, data: &[u8], create: bool) -> Self {
        let zeros = data.iter().filter(|&&byte| byte == 0).count() as u64;
        let length = data.len() as u64;
        let initcode = if create {
            INITCODE_WORD * length.div_ceil(32)
        } else {
            0
        };
        let transaction = TRANSACTION + if create { CREATE } else { 0 };
        let calldata = ZERO_BYTE * zeros + NON_ZERO_BYTE * (length - zeros) + initcode;
        // Where the floor of EIP-7623 binds, nothing is left for execution.
        Self {
            total,
            transaction,
            calldata,
            execution: total.saturating_sub(transaction + calldata),
        }
    }
}
