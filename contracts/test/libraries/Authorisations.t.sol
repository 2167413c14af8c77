// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Authorisations} from "../../src/libraries/Authorisations.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

contract AuthorisationsTest is Base {
    using Authorisations for Authorisations.Approvals;

    bytes32 private constant SEPARATOR = keccak256("separator");
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    NetworkId private constant NETWORK = NetworkId.wrap(0xfffefdfc);
    bytes32 private constant DIGEST = keccak256("digest");
    uint256 private constant PRIVATE_KEY = 0xbeef;

    Authorisations.Approvals private _approvals;

    function check(bytes32 separator, bytes calldata authorisations, bytes calldata signatures)
        external
        view
        returns (bytes32)
    {
        return _approvals.check(separator, authorisations, signatures);
    }

    function _entry(NetworkId network, bytes32 digest, address signer) private pure returns (bytes memory) {
        return abi.encodePacked(network, digest, signer);
    }

    function _plainHash(bytes32 separator, NetworkId network, bytes32 digest) private pure returns (bytes32) {
        bytes32 certificate =
            keccak256(abi.encode(keccak256("Certificate(uint32 network,bytes32 digest)"), network, digest));
        return keccak256(abi.encodePacked(bytes2(0x1901), separator, certificate));
    }

    function _sign(uint256 privateKey, NetworkId network, bytes32 digest)
        private
        pure
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, _plainHash(SEPARATOR, network, digest));
        return abi.encodePacked(v, r, s);
    }

    function test_check_ofNothingIsZero() external view {
        vm.assertEq(this.check(SEPARATOR, "", ""), 0);
    }

    /// @dev Any number of entries, each signed or approved.
    function testFuzz_check_agreesWithPlainSolidity(bytes32 seed, uint8 count, uint8 approvedBits) external {
        bytes memory authorisations;
        bytes memory signatures;
        bytes32 expected = 0;
        for (uint256 i = 0; i < count % 9; ++i) {
            uint256 privateKey = uint256(keccak256(abi.encode(seed, i))) % (ORDER - 1) + 1;
            bytes32 digest = keccak256(abi.encode("digest", seed, i));
            // Any 32 bits.
            // forge-lint: disable-next-line(unsafe-typecast)
            NetworkId network = NetworkId.wrap(uint32(privateKey));
            bytes memory entry = _entry(network, digest, vm.addr(privateKey));
            authorisations = bytes.concat(authorisations, entry);
            expected = keccak256(bytes.concat(expected, entry));
            if ((approvedBits >> i) & 1 == 1) {
                _approvals.approved[vm.addr(privateKey)][digest] = true;
                signatures = bytes.concat(signatures, new bytes(65));
            } else {
                signatures = bytes.concat(signatures, _sign(privateKey, network, digest));
            }
        }
        vm.assertEq(this.check(SEPARATOR, authorisations, signatures), expected);
    }

    function _refused(bytes memory authorisations, bytes memory signatures, bytes memory error) private {
        vm.expectRevert(error);
        this.check(SEPARATOR, authorisations, signatures);
    }

    function test_check_revertsWithinAnEntry() external {
        bytes memory authorisations = _entry(NETWORK, DIGEST, vm.addr(PRIVATE_KEY));
        bytes memory signature = _sign(PRIVATE_KEY, NETWORK, DIGEST);
        uint256[3] memory surplus = [uint256(1), 55, 57];
        for (uint256 i = 0; i < surplus.length; ++i) {
            bytes memory longer = bytes.concat(authorisations, new bytes(surplus[i]));
            _refused(
                longer,
                signature,
                abi.encodeWithSelector(Authorisations.AuthorisationsNotWhole.selector, longer.length)
            );
        }
    }

    function test_check_revertsForAnyOtherNumberOfSignatures() external {
        bytes memory authorisations = _entry(NETWORK, DIGEST, vm.addr(PRIVATE_KEY));
        bytes memory signature = _sign(PRIVATE_KEY, NETWORK, DIGEST);
        bytes4 error = Authorisations.SignaturesLengthMismatch.selector;
        _refused(authorisations, "", abi.encodeWithSelector(error, 0, 65));
        _refused(authorisations, bytes.concat(signature, hex"00"), abi.encodeWithSelector(error, 66, 65));
        _refused(authorisations, bytes.concat(signature, signature), abi.encodeWithSelector(error, 130, 65));
        _refused("", signature, abi.encodeWithSelector(error, 65, 0));
    }

    /// @dev Behind one that is good.
    function _refusedSecond(bytes memory entry, bytes memory signature, bytes memory error) private {
        _refused(
            bytes.concat(_entry(NETWORK, DIGEST, vm.addr(PRIVATE_KEY)), entry),
            bytes.concat(_sign(PRIVATE_KEY, NETWORK, DIGEST), signature),
            error
        );
    }

    function test_check_revertsForAnothersSignature() external {
        address signer = vm.addr(PRIVATE_KEY);
        bytes memory entry = _entry(NETWORK, DIGEST, signer);
        _refusedSecond(
            entry,
            _sign(PRIVATE_KEY + 1, NETWORK, DIGEST),
            abi.encodeWithSelector(
                Authorisations.SignatureInvalid.selector, 1, signer, vm.addr(PRIVATE_KEY + 1)
            )
        );
    }

    /// @dev The signature is good for what was signed, and for nothing else: somebody else is recovered.
    function test_check_revertsForAnythingElseThanWasSigned() external {
        address signer = vm.addr(PRIVATE_KEY);
        bytes memory signature = _sign(PRIVATE_KEY, NETWORK, DIGEST);
        _refusedAsAnothers(SEPARATOR, NetworkId.wrap(1), DIGEST, signer, signature);
        _refusedAsAnothers(SEPARATOR, NETWORK, ~DIGEST, signer, signature);
        _refusedAsAnothers(SEPARATOR, NETWORK, DIGEST, address(1), signature);
        _refusedAsAnothers(~SEPARATOR, NETWORK, DIGEST, signer, signature);
    }

    function _refusedAsAnothers(
        bytes32 separator,
        NetworkId network,
        bytes32 digest,
        address signer,
        bytes memory signature
    ) private {
        bytes32 r = bytes32(wordAt(bytes.concat(new bytes(31), signature), 1));
        bytes32 s = bytes32(wordAt(bytes.concat(new bytes(31), signature), 2));
        address recovered = ecrecover(_plainHash(separator, network, digest), uint8(signature[0]), r, s);
        vm.expectRevert(
            abi.encodeWithSelector(Authorisations.SignatureInvalid.selector, 0, signer, recovered)
        );
        this.check(separator, _entry(network, digest, signer), signature);
    }

    /// @dev Nobody is recovered, and nobody is no signer, not even of himself.
    function test_check_revertsWhenNobodySigned() external {
        bytes memory signature = _sign(PRIVATE_KEY, NETWORK, DIGEST);
        address[2] memory signers = [vm.addr(PRIVATE_KEY), address(0)];
        uint8[4] memory vs = [1, 26, 29, 255];
        for (uint256 i = 0; i < signers.length; ++i) {
            for (uint256 k = 0; k < vs.length; ++k) {
                signature[0] = bytes1(vs[k]);
                _refusedSecond(
                    _entry(NETWORK, DIGEST, signers[i]),
                    signature,
                    abi.encodeWithSelector(
                        Authorisations.SignatureInvalid.selector, 1, signers[i], address(0)
                    )
                );
            }
        }
    }

    function test_check_revertsWhenNotApproved() external {
        address signer = vm.addr(PRIVATE_KEY);
        _approvals.approved[signer][~DIGEST] = true;
        _approvals.approved[address(1)][DIGEST] = true;
        bytes memory error = abi.encodeWithSelector(Authorisations.NotApproved.selector, 1, signer, DIGEST);
        _refusedSecond(_entry(NETWORK, DIGEST, signer), new bytes(65), error);
        // Without v there is no signature, whatever follows.
        bytes memory signature = _sign(PRIVATE_KEY, NETWORK, DIGEST);
        signature[0] = 0;
        _refusedSecond(_entry(NETWORK, DIGEST, signer), signature, error);
    }

    /// @dev What Rust signed and chained.
    function test_check_isThatOfTheVectors() external view {
        string memory json = vm.readFile("vectors/settlement.json");
        bytes32 separator = vm.parseJsonBytes32(json, ".separator");
        bytes memory authorisations;
        bytes memory signatures;
        for (uint256 i = 0; i < 3; ++i) {
            string memory at = string.concat(".authorisations[", vm.toString(i), "].");
            authorisations = bytes.concat(authorisations, _entryOf(json, at, separator));
            signatures = bytes.concat(signatures, vm.parseJsonBytes(json, string.concat(at, "signature")));
            vm.assertEq(
                this.check(separator, authorisations, signatures),
                vm.parseJsonBytes32(json, string.concat(at, "chain"))
            );
        }
    }

    function _entryOf(string memory json, string memory at, bytes32 separator)
        private
        pure
        returns (bytes memory entry)
    {
        // Rust writes 32 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        NetworkId network = NetworkId.wrap(uint32(vm.parseJsonUint(json, string.concat(at, "network"))));
        bytes32 digest = vm.parseJsonBytes32(json, string.concat(at, "digest"));
        entry = _entry(network, digest, vm.parseJsonAddress(json, string.concat(at, "signer")));
        vm.assertEq(entry, vm.parseJsonBytes(json, string.concat(at, "entry")));
        vm.assertEq(
            _plainHash(separator, network, digest),
            vm.parseJsonBytes32(json, string.concat(at, "signingHash"))
        );
    }
}
