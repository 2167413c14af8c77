//! plonky2's reader of circuit data, held to numbers that circuits have.
//!
//! plonky2 reserves memory for whatever length a file claims, indexes lookup tables by what it reads, and makes gates of any
//! parameters, which then overflow or loop for ever. Here every length is bounded before plonky2 sees it, lookup tables are not
//! read at all, and a gate's parameters are looked at first.

use plonky2::field::extension::Extendable;
use plonky2::field::types::Field64;
use plonky2::gates::gate::GateRef;
use plonky2::hash::hash_types::RichField;
use plonky2::iop::generator::WitnessGeneratorRef;
use plonky2::plonk::circuit_data::CommonCircuitData;
use plonky2::util::serialization::gate_serialization::GateSerializer;
use plonky2::util::serialization::{Buffer, IoError, IoResult, Read, WitnessGeneratorSerializer};

/// No number in circuit data is larger: the degree is there as its logarithm.
const MAX_NUMBER: usize = 1 << 16;
/// No parameter of a gate is larger: it would need more wires than any row has.
const MAX_PARAMETER: u64 = 1 << 10;
/// The largest coset that a gate interpolates over, as a logarithm: that of the largest folding.
const MAX_COSET_BITS: u64 = 4;

/// A buffer whose numbers are bounded.
pub(super) struct Bounded<'a>(Buffer<'a>);

impl<'a> Bounded<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(Buffer::new(bytes))
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.unread_bytes().is_empty()
    }

    /// The little-endian number at `at` behind the gate's tag.
    fn parameter(&self, at: usize) -> IoResult<u64> {
        let from = 4 + 8 * at;
        let word = self.0.unread_bytes().get(from..from + 8).ok_or(IoError)?;
        Ok(u64::from_le_bytes(word.try_into().map_err(|_| IoError)?))
    }

    /// Refuses a gate whose parameters no gate of a circuit has. Tags are those of plonky2's default serializer.
    fn check_gate(&self) -> IoResult<()> {
        let tag = self.0.unread_bytes().first_chunk::<4>().ok_or(IoError)?;
        let parameters = match u32::from_le_bytes(*tag) {
            // Arithmetic, in the base field and in the extension, base sum, constants; exponentiation; products; reductions.
            0..=3 | 5 | 8 | 14 | 15 => 1,
            4 => {
                let (bits, degree, weights) = (self.parameter(0)?, self.parameter(1)?, self.parameter(2)?);
                // A degree below two divides by zero.
                let known = (1..=MAX_COSET_BITS).contains(&bits) && (2..=1 << bits).contains(&degree);
                if !known || weights != 1 << bits {
                    return Err(IoError);
                }
                3
            }
            // Empty rows, the two of Poseidon, public inputs.
            9..=12 => 0,
            // Random access: copies, bits of the index, constants beside.
            13 => {
                if self.parameter(1)? > 10 {
                    return Err(IoError);
                }
                3
            }
            // Lookups, which index tables that are not read here; and no gate at all.
            _ => return Err(IoError),
        };
        for at in 0..parameters {
            if self.parameter(at)? > MAX_PARAMETER {
                return Err(IoError);
            }
        }
        Ok(())
    }
}

impl Read for Bounded<'_> {
    fn read_exact(&mut self, bytes: &mut [u8]) -> IoResult<()> {
        self.0.read_exact(bytes)
    }

    fn read_usize(&mut self) -> IoResult<usize> {
        let number = self.0.read_usize()?;
        if number > MAX_NUMBER {
            return Err(IoError);
        }
        Ok(number)
    }

    fn read_field<F: Field64>(&mut self) -> IoResult<F> {
        let mut word = [0; 8];
        self.read_exact(&mut word)?;
        let value = u64::from_le_bytes(word);
        if value >= F::ORDER {
            return Err(IoError);
        }
        Ok(F::from_canonical_u64(value))
    }

    fn read_lut(&mut self) -> IoResult<Vec<(u16, u16)>> {
        Err(IoError)
    }

    fn read_gate<F: RichField + Extendable<D>, const D: usize>(
        &mut self,
        gate_serializer: &dyn GateSerializer<F, D>,
        common_data: &CommonCircuitData<F, D>,
    ) -> IoResult<GateRef<F, D>> {
        self.check_gate()?;
        gate_serializer.read_gate(&mut self.0, common_data)
    }

    fn read_generator<F: RichField + Extendable<D>, const D: usize>(
        &mut self,
        _generator_serializer: &dyn WitnessGeneratorSerializer<F, D>,
        _common_data: &CommonCircuitData<F, D>,
    ) -> IoResult<WitnessGeneratorRef<F, D>> {
        // Verifier data have none.
        Err(IoError)
    }
}
