// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AUTHORISATION_BYTES} from "../generated/PublicValues.sol";
import {NetworkId} from "../types/NetworkId.sol";

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

    /// @notice What a signer signs for a certificate.
    function signingHash(bytes32 domainSeparator, NetworkId network, bytes32 digest)
        internal
        pure
        returns (bytes32)
    {
        bytes32 certificate = keccak256(abi.encode(TYPE_HASH, network, digest));
        return keccak256(abi.encodePacked(hex"1901", domainSeparator, certificate));
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
        for (uint256 i = 0; i < count; ++i) {
            bytes calldata entry = authorisations[AUTHORISATION_BYTES * i:AUTHORISATION_BYTES * (i + 1)];
            bytes calldata signature = signatures[SIGNATURE_BYTES * i:SIGNATURE_BYTES * (i + 1)];
            _check(self, domainSeparator, i, entry, signature);
            chain = keccak256(abi.encodePacked(chain, entry));
        }
    }

    function _check(
        Approvals storage self,
        bytes32 domainSeparator,
        uint256 index,
        bytes calldata entry,
        bytes calldata signature
    ) private view {
        bytes32 digest = bytes32(entry[4:36]);
        address signer = address(bytes20(entry[36:]));
        uint8 v = uint8(signature[0]);
        if (v == 0) {
            if (!self.approved[signer][digest]) revert NotApproved(index, signer, digest);
            return;
        }
        bytes32 hash = signingHash(domainSeparator, NetworkId.wrap(uint32(bytes4(entry))), digest);
        address recovered = ecrecover(hash, v, bytes32(signature[1:33]), bytes32(signature[33:]));
        if (recovered == address(0) || recovered != signer) {
            revert SignatureInvalid(index, signer, recovered);
        }
    }
}
