// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AUTHORISATION_BYTES} from "../generated/PublicValues.sol";

/// @title Authorisations
/// @notice Who had to agree to which certificate of an epoch, and that he did.
/// @dev An entry is the network 4, the certificate's digest 32, the signer 20. With each goes a signature of 65 bytes: v, then r and s;
/// zeros where the signer approved the digest beforehand.
library Authorisations {
    /// @notice Who approved what.
    struct Approvals {
        mapping(address signer => mapping(bytes32 digest => bool)) approved;
    }

    /// @notice Bytes of a signature.
    uint256 internal constant SIGNATURE_BYTES = 65;

    /// @dev EIP-712's hash of the type of what is signed.
    bytes32 private constant TYPE_HASH = keccak256("Certificate(uint32 network,bytes32 digest)");

    /// @notice The authorisations end within an entry.
    error AuthorisationsNotWhole(uint256 length);

    /// @notice Each authorisation has 65 bytes of signature.
    error SignaturesLengthMismatch(uint256 length, uint256 expected);

    /// @notice The signature of the authorisation at the index is another's, or nobody's.
    error SignatureInvalid(uint256 index, address signer, address recovered);

    /// @notice No signature is with the authorisation at the index, and its signer has not approved the digest.
    error NotApproved(uint256 index, address signer, bytes32 digest);

    /// @notice EIP-712's domain separator of this contract.
    function separator() internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Causeway"),
                keccak256("1"),
                block.chainid,
                address(this)
            )
        );
    }

    /// @notice The chain over all entries, each of whose signers agreed: keccak256(chain, entry), from zero.
    function check(
        Approvals storage self,
        bytes32 domainSeparator,
        bytes calldata authorisations,
        bytes calldata signatures
    ) internal view returns (bytes32 chain) {
        uint256 count = authorisations.length / AUTHORISATION_BYTES;
        if (authorisations.length != count * AUTHORISATION_BYTES) {
            revert AuthorisationsNotWhole(authorisations.length);
        }
        if (signatures.length != count * SIGNATURE_BYTES) {
            revert SignaturesLengthMismatch(signatures.length, count * SIGNATURE_BYTES);
        }
        uint256 form = _form(domainSeparator);
        (uint256 entry, uint256 signature) = (_place(authorisations), _place(signatures));
        for (uint256 i = 0; i < count; ++i) {
            chain = _append(chain, entry);
            _check(self, form, i, entry, signature);
            // Places in calldata.
            unchecked {
                (entry, signature) = (entry + AUTHORISATION_BYTES, signature + SIGNATURE_BYTES);
            }
        }
    }

    /// @dev Memory to be filled in for each signature, with what is the same in all of them: the certificate as EIP-712 hashes it,
    /// which is the type, network and digest, 32 each; at 96, what is signed, 0x1901 and then separator and hash of the certificate, 32
    /// each; at 192, what the signer is recovered from, which is the hash of that, v, r and s, 32 each.
    function _form(bytes32 domainSeparator) private pure returns (uint256 form) {
        bytes32 typeHash = TYPE_HASH;
        assembly ("memory-safe") {
            form := mload(0x40)
            mstore(0x40, add(form, 320))
            mstore(form, typeHash)
            mstore(add(form, 32), 0)
            mstore(add(form, 96), shl(240, 0x1901))
            mstore(add(form, 98), domainSeparator)
            mstore(add(form, 224), 0)
        }
    }

    /// @dev The signer of the entry at this place in calldata agreed: see the signature at the other.
    function _check(Approvals storage self, uint256 form, uint256 index, uint256 entry, uint256 signature)
        private
        view
    {
        bytes32 digest;
        address signer;
        uint256 v;
        assembly ("memory-safe") {
            digest := calldataload(add(entry, 4))
            signer := shr(96, calldataload(add(entry, 36)))
            v := byte(0, calldataload(signature))
        }
        if (v == 0) {
            if (!self.approved[signer][digest]) revert NotApproved(index, signer, digest);
            return;
        }
        address recovered;
        assembly ("memory-safe") {
            // Network and digest, behind zeros; v likewise, r and s.
            calldatacopy(add(form, 60), entry, 36)
            calldatacopy(add(form, 255), signature, SIGNATURE_BYTES)
            mstore(add(form, 130), keccak256(form, 96))
            mstore(add(form, 192), keccak256(add(form, 96), 66))
            // Where nothing is recovered, nothing is written.
            mstore(0, 0)
            pop(staticcall(gas(), 1, add(form, 192), 128, 0, 32))
            recovered := mload(0)
        }
        if (recovered == address(0) || recovered != signer) {
            revert SignatureInvalid(index, signer, recovered);
        }
    }

    /// @dev The chain with the entry at this place in calldata.
    function _append(bytes32 chain, uint256 entry) private pure returns (bytes32 link) {
        // In memory that nobody has asked for.
        assembly ("memory-safe") {
            let place := mload(0x40)
            mstore(place, chain)
            calldatacopy(add(place, 32), entry, AUTHORISATION_BYTES)
            link := keccak256(place, add(32, AUTHORISATION_BYTES))
        }
    }

    /// @dev Where data lies in calldata.
    function _place(bytes calldata data) private pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := data.offset
        }
    }
}
