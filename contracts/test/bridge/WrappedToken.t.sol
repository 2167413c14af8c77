// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ERC20} from "solady/tokens/ERC20.sol";

import {WrappedToken} from "../../src/bridge/WrappedToken.sol";
import {WrappedTokenCreation} from "../../src/bridge/WrappedTokenCode.sol";
import {IWrappedToken, IWrappedTokenDeployer} from "../../src/interfaces/IWrappedToken.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

/// @notice The bridge of the token is the test.
contract WrappedTokenTest is Base, IWrappedTokenDeployer {
    address private constant ALICE = address(0xa11ce);
    address private constant BOB = address(0xb0b);
    address private constant ORIGIN = address(0x70c3);
    address private constant PERMIT2 = 0x000000000022D473030F116dDEE9F6B43aC78BA3;

    WrappedToken private implementation = new WrappedToken();
    WrappedToken private token;

    function setUp() external {
        token = WrappedToken(address(new WrappedTokenCreation()));
        token.initialize("USD Coin", "USDC", 6);
    }

    /// @inheritdoc IWrappedTokenDeployer
    function wrappedTokenParameters() external view returns (address, NetworkId, address) {
        return (address(implementation), NetworkId.wrap(5), ORIGIN);
    }

    /// @dev LxLy's table.
    function test_abi_isLxLys() external view {
        vm.assertEq(token.DOMAIN_SEPARATOR.selector, bytes4(0x3644e515));
        vm.assertEq(token.allowance.selector, bytes4(0xdd62ed3e));
        vm.assertEq(token.approve.selector, bytes4(0x095ea7b3));
        vm.assertEq(token.balanceOf.selector, bytes4(0x70a08231));
        vm.assertEq(token.bridgeAddress.selector, bytes4(0xa3c573eb));
        vm.assertEq(token.burn.selector, bytes4(0x9dc29fac));
        vm.assertEq(token.decimals.selector, bytes4(0x313ce567));
        vm.assertEq(token.eip712Domain.selector, bytes4(0x84b0196e));
        vm.assertEq(token.initialize.selector, bytes4(0x1624f6c6));
        vm.assertEq(token.mint.selector, bytes4(0x40c10f19));
        vm.assertEq(token.name.selector, bytes4(0x06fdde03));
        vm.assertEq(token.nonces.selector, bytes4(0x7ecebe00));
        vm.assertEq(token.permit.selector, bytes4(0xd505accf));
        vm.assertEq(token.symbol.selector, bytes4(0x95d89b41));
        vm.assertEq(token.totalSupply.selector, bytes4(0x18160ddd));
        vm.assertEq(token.transfer.selector, bytes4(0xa9059cbb));
        vm.assertEq(token.transferFrom.selector, bytes4(0x23b872dd));
        vm.assertEq(IWrappedToken.OnlyBridge.selector, bytes4(0x38da3b15));
        vm.assertEq(
            ERC20.Approval.selector, 0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925
        );
        vm.assertEq(
            ERC20.Transfer.selector, 0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef
        );
    }

    function test_origin_isPartOfTheCode() external view {
        vm.assertEq(token.bridgeAddress(), address(this));
        vm.assertEq(NetworkId.unwrap(token.originNetwork()), 5);
        vm.assertEq(token.originTokenAddress(), ORIGIN);
        // The implementation stands for nothing.
        vm.assertEq(NetworkId.unwrap(implementation.originNetwork()), 0);
        vm.assertEq(implementation.originTokenAddress(), address(0));
    }

    /// @dev Packed into one slot or not, the texts come back as they went in.
    function testFuzz_initialize_keepsTheTexts(string memory name, string memory symbol, uint8 decimals)
        external
    {
        _assertTexts(name, symbol, decimals);
    }

    function testFuzz_initialize_keepsTextsThatBarelyFit(bytes32 letters, uint256 length, uint256 extra)
        external
    {
        (length, extra) = (length % 30, extra % 3);
        bytes memory name = new bytes(length);
        bytes memory symbol = new bytes(28 + extra > length ? 28 + extra - length : 0);
        for (uint256 i = 0; i < length; ++i) {
            name[i] = letters[i];
        }
        for (uint256 i = 0; i < symbol.length; ++i) {
            symbol[i] = letters[31 - i];
        }
        _assertTexts(string(name), string(symbol), 255);
    }

    function _assertTexts(string memory name, string memory symbol, uint8 decimals) private {
        WrappedToken fresh = WrappedToken(address(new WrappedTokenCreation()));
        fresh.initialize(name, symbol, decimals);
        vm.assertEq(fresh.name(), name);
        vm.assertEq(fresh.symbol(), symbol);
        vm.assertEq(fresh.decimals(), decimals);
    }

    function testFuzz_supply_followsMintsAndBurns(uint256 first, uint256 second, uint256 burnt) external {
        (first, second) = (first / 2, second / 2);
        burnt %= second + 1;
        vm.expectEmit(address(token));
        emit ERC20.Transfer(address(0), ALICE, first);
        token.mint(ALICE, first);
        token.mint(BOB, second);
        vm.expectEmit(address(token));
        emit ERC20.Transfer(BOB, address(0), burnt);
        token.burn(BOB, burnt);
        vm.assertEq(token.balanceOf(ALICE), first);
        vm.assertEq(token.balanceOf(BOB), second - burnt);
        vm.assertEq(token.totalSupply(), first + second - burnt);
    }

    function test_burn_revertsWhenThereIsLess() external {
        token.mint(ALICE, 5);
        vm.expectRevert(abi.encodePacked(ERC20.InsufficientBalance.selector));
        token.burn(ALICE, 6);
    }

    function test_rights_areTheBridgesAlone() external {
        bytes memory refusal = abi.encodePacked(IWrappedToken.OnlyBridge.selector);
        WrappedToken[2] memory both = [token, implementation];
        vm.startPrank(ALICE);
        for (uint256 i = 0; i < both.length; ++i) {
            vm.expectRevert(refusal);
            both[i].mint(ALICE, 1);
            vm.expectRevert(refusal);
            both[i].burn(BOB, 1);
            vm.expectRevert(refusal);
            both[i].initialize("", "", 0);
            vm.expectRevert(refusal);
            both[i].initializeForNow("", "", 0);
        }
        vm.stopPrank();
        // No contract has an allowance that the holder did not give.
        vm.assertEq(token.allowance(ALICE, PERMIT2), 0);
    }

    function testFuzz_permit_allowsWhatTheHolderSigned(uint256 key, uint256 value, uint256 chain) external {
        vm.chainId(chain % type(uint64).max);
        address owner = vm.addr(1 + key % 1_000_000);
        bytes32 domain = _domain();
        vm.assertEq(token.DOMAIN_SEPARATOR(), domain);
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 fields = keccak256(abi.encode(typeHash, owner, BOB, value, 0, block.timestamp));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(1 + key % 1_000_000, keccak256(abi.encodePacked(hex"1901", domain, fields)));
        token.permit(owner, BOB, value, block.timestamp, v, r, s);
        vm.assertEq(token.allowance(owner, BOB), value);
        vm.assertEq(token.nonces(owner), 1);
        vm.expectRevert(abi.encodePacked(ERC20.InvalidPermit.selector));
        token.permit(owner, BOB, value, block.timestamp, v, r, s);
    }

    /// @dev The domain that the token tells is the one that it signs under.
    function _domain() private view returns (bytes32) {
        (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chain,
            address self,
            bytes32 salt,
            uint256[] memory extensions
        ) = token.eip712Domain();
        vm.assertEq(fields, bytes1(0x0f));
        vm.assertEq(name, "USD Coin");
        vm.assertEq(chain, block.chainid);
        vm.assertEq(self, address(token));
        vm.assertEq(salt, 0);
        vm.assertEq(extensions.length, 0);
        bytes32 typeHash =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        return keccak256(abi.encode(typeHash, keccak256(bytes(name)), keccak256(bytes(version)), chain, self));
    }
}
