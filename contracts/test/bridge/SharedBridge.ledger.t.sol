// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GlobalExitRootL2} from "../../src/bridge/GlobalExitRootL2.sol";
import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {ISharedBridgeL2} from "../../src/interfaces/ISharedBridgeL2.sol";
import {ExitLeaf} from "../../src/libraries/ExitLeaf.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {Vm, vm} from "../Vm.sol";
import {MockFeeToken, MockToken} from "../mocks/MockTokens.sol";
import {BridgeBase} from "./BridgeBase.sol";

/// @notice Every kind of exit that users can make, held against the rules that settlement has for exits: one that it refuses
/// would stop its network for ever, and one of Ethereum's all networks.
contract SharedBridgeLedgerTest is BridgeBase {
    /// @dev The ledger's rules for one exit of a network, as crates/ledger has them in `check_exit`.
    function _assertSettles(SharedBridge bridge, uint256 count) private {
        uint32 self = NetworkId.unwrap(bridge.networkID());
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 exits = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != ISharedBridge.BridgeEvent.selector) continue;
            vm.assertEq(logs[i].emitter, address(bridge));
            (uint8 leafType, uint32 origin, address token, uint32 destination) =
                abi.decode(logs[i].data, (uint8, uint32, address, uint32));
            vm.assertTrue(leafType == ExitLeaf.ASSET || leafType == ExitLeaf.MESSAGE);
            vm.assertTrue(destination != self);
            if (leafType == ExitLeaf.MESSAGE) vm.assertEq(origin, self);
            if (token == address(0)) vm.assertEq(origin, 0);
            ++exits;
        }
        vm.assertEq(exits, count);
    }

    /// @dev Any network but the bridge's own.
    function _other(SharedBridge bridge, uint32 id) private view returns (NetworkId network) {
        network = NetworkId.wrap(id);
        if (network == bridge.networkID()) network = NetworkId.wrap(id ^ 1);
    }

    /// @dev Takes all that ALICE has of a token, or a part, to another network.
    function _leave(SharedBridge bridge, NetworkId to, address asset, uint256 amount) private {
        vm.startPrank(ALICE);
        MockToken(asset).approve(address(bridge), type(uint256).max);
        bridge.bridgeAsset(to, BOB, amount, asset, false, "");
        vm.stopPrank();
    }

    /// @dev A token of a network arrives for ALICE, who gets what stands for it.
    function _arrive(SharedBridge bridge, uint32 index, NetworkId origin, address asset, uint256 amount)
        private
        returns (address)
    {
        Exit memory exit = tokenExit(bridge.networkID(), asset, amount);
        (exit.leafIndex, exit.originNetwork, exit.destinationAddress) = (index, origin, ALICE);
        arrive(bridge, exit);
        return bridge.getTokenWrappedAddress(origin, asset);
    }

    function testFuzz_exitsOfEthereum_settle(uint32 to, uint256 amount, bytes calldata data) external {
        NetworkId network = _other(l1, to);
        address wrapped = _arrive(l1, 0, B, address(0xb), amount);
        MockFeeToken fee = new MockFeeToken();
        fee.mint(ALICE, 100);
        MockToken huge = new MockToken("Huge", "HUGE", 0);
        huge.mint(ALICE, type(uint256).max);
        vm.recordLogs();
        _leave(l1, network, wrapped, amount);
        _leave(l1, network, address(token), 7);
        _leave(l1, network, address(fee), 100);
        _leave(l1, network, address(huge), type(uint256).max);
        vm.startPrank(ALICE);
        l1.bridgeAsset{value: 3}(network, address(0), 3, address(0), false, "ignored");
        l1.bridgeAsset(network, BOB, 0, address(0), true, "");
        l1.bridgeMessage{value: 3}(network, BOB, false, data);
        l1.bridgeMessage(network, address(0), false, "");
        vm.stopPrank();
        _assertSettles(l1, 8);
    }

    function testFuzz_exitsOfAnL2_settle(uint32 to, uint256 amount, bytes calldata data) external {
        NetworkId network = _other(l2, to);
        _etherFor(l2, 3);
        address wrapped = _arrive(l2, 1, MAINNET, address(token), amount);
        address distant = _arrive(l2, 2, NetworkId.wrap(type(uint32).max), address(0xb), amount);
        address legacy = _arrive(l2, 3, MAINNET, address(0xc), 10);
        MockToken own = new MockToken("Own", "OWN", 18);
        own.mint(ALICE, type(uint256).max);
        _remap(MAINNET, address(0xc), address(new MockToken("Sovereign", "S", 18)));
        address sovereign = _arrive(l2, 4, MAINNET, address(0xc), 10);
        vm.recordLogs();
        _leave(l2, network, wrapped, amount);
        _leave(l2, network, distant, amount);
        _leave(l2, network, address(own), type(uint256).max);
        _leave(l2, network, sovereign, 10);
        _leave(l2, network, legacy, 4);
        vm.prank(MANAGER);
        asL2(l2).removeLegacySovereignTokenAddress(legacy);
        // It is one of the network's own tokens from now on.
        _leave(l2, network, legacy, 6);
        vm.startPrank(ALICE);
        l2.bridgeAsset{value: 1}(network, BOB, 1, address(0), false, "");
        l2.bridgeMessage{value: 2}(network, BOB, true, data);
        l2.bridgeMessage(network, BOB, true, data);
        vm.stopPrank();
        _assertSettles(l2, 9);
    }

    function testFuzz_exitsOfAGasTokenNetwork_settle(uint32 to, bytes calldata data) external {
        _exitsWithGasToken(gas, _other(gas, to), data);
    }

    /// @dev The native token of such a network is its own, and has no balance.
    function testFuzz_exitsOfANetworkWithItsOwnGasToken_settle(uint32 to, bytes calldata data) external {
        SharedBridge bridge = new SharedBridge(address(this));
        GlobalExitRootL2 manager = new GlobalExitRootL2(address(bridge), address(this));
        manager.initialize(UPDATER, REMOVER);
        asL2(bridge)
            .initialize(
                B,
                address(gasToken),
                B,
                address(manager),
                address(0),
                "",
                MANAGER,
                address(0),
                false,
                PAUSER,
                UNPAUSER,
                address(0)
            );
        _exitsWithGasToken(bridge, _other(bridge, to), data);
        vm.assertEq(asL2(bridge).localBalanceTree(keccak256(abi.encodePacked(B, address(gasToken)))), 0);
    }

    function _exitsWithGasToken(SharedBridge bridge, NetworkId network, bytes calldata data) private {
        Exit memory exit = tokenExit(bridge.networkID(), address(gasToken), 3);
        (exit.source, exit.originNetwork, exit.destinationAddress) = (A, bridge.gasTokenNetwork(), ALICE);
        vm.deal(address(bridge), 3);
        arrive(bridge, exit);
        exit = etherExit(bridge.networkID(), 30);
        (exit.source, exit.leafIndex, exit.destinationAddress) = (A, 1, ALICE);
        arrive(bridge, exit);
        address weth = bridge.WETHToken();
        vm.recordLogs();
        vm.startPrank(ALICE);
        bridge.bridgeAsset{value: 3}(network, BOB, 3, address(0), false, "");
        bridge.bridgeMessage(network, BOB, false, data);
        bridge.bridgeMessageWETH(network, BOB, 10, false, data);
        bridge.bridgeMessageWETH(network, BOB, 0, false, "");
        vm.stopPrank();
        _leave(bridge, network, weth, 10);
        vm.prank(MANAGER);
        asL2(bridge).setSovereignWETHAddress(address(token), true);
        // The WETH that was replaced is one of the network's own tokens.
        _leave(bridge, network, weth, 10);
        _assertSettles(bridge, 6);
    }

    function _etherFor(SharedBridge bridge, uint256 amount) private {
        Exit memory exit = etherExit(bridge.networkID(), amount);
        exit.destinationAddress = ALICE;
        arrive(bridge, exit);
    }

    function _remap(NetworkId network, address origin, address sovereign) private {
        NetworkId[] memory networks = new NetworkId[](1);
        address[] memory origins = new address[](1);
        address[] memory tokens = new address[](1);
        (networks[0], origins[0], tokens[0]) = (network, origin, sovereign);
        vm.prank(MANAGER);
        asL2(l2).setMultipleSovereignTokenAddress(networks, origins, tokens, new bool[](1));
    }
}
