// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {ISharedBridgeL2} from "../../src/interfaces/ISharedBridgeL2.sol";
import {vm} from "../Vm.sol";
import {BridgeInvariantBase} from "./BridgeInvariantBase.sol";

/// @notice Ethereum's bridge, an L2's whose native token is ether and one's whose native token is another, used in any order.
contract SharedBridgeInvariantTest is BridgeInvariantBase {
    /// @dev With everything claimed, nothing is on the way: what is locked is what the others have.
    function afterInvariant() public override {
        super.afterInvariant();
        for (uint256 asset = 0; asset < handler.ASSETS(); ++asset) {
            vm.assertEq(handler.unclaimed(asset), 0);
        }
        invariant_lockedCoversClaims();
        invariant_wrappedSupplyIsWhatWasBridged();
        invariant_claimedAtMostOnce();
    }

    /// @dev What a bridge holds of its own network's token is what the others have of it and what is on the way, to the last unit.
    /// forge-config: default.invariant.runs = 24
    function invariant_lockedCoversClaims() public view {
        for (uint256 asset = 0; asset < handler.ASSETS(); ++asset) {
            uint256 owed = handler.unclaimed(asset);
            for (uint256 place = 0; place < handler.PLACES(); ++place) {
                if (!handler.isHome(place, asset)) owed += handler.supply(place, asset);
            }
            vm.assertEq(handler.locked(asset), owed);
        }
    }

    /// forge-config: default.invariant.runs = 8
    function invariant_wrappedSupplyIsWhatWasBridged() public view {
        for (uint256 place = 0; place < handler.PLACES(); ++place) {
            for (uint256 asset = 0; asset < handler.ASSETS(); ++asset) {
                if (handler.isHome(place, asset)) continue;
                uint256 there = handler.received(place, asset) - handler.sent(place, asset);
                vm.assertEq(handler.supply(place, asset), there);
                if (place != 0) vm.assertEq(handler.localBalance(place, asset), there);
            }
        }
    }

    /// forge-config: default.invariant.runs = 8
    function invariant_claimedAtMostOnce() public view {
        for (uint256 place = 0; place < handler.PLACES(); ++place) {
            SharedBridge bridge = handler.bridges(place);
            for (uint256 source = 0; source < 4; ++source) {
                for (uint256 i = 0; i < 2; ++i) {
                    uint256 word = source * 2 ** 24 + i;
                    vm.assertEq(bridge.claimedBitMap(word), handler.claimsAt(place, word));
                }
            }
        }
    }

    /// forge-config: default.invariant.runs = 8
    function invariant_rootIsThatOfTheExits() external view {
        for (uint256 place = 0; place < handler.PLACES(); ++place) {
            SharedBridge bridge = handler.bridges(place);
            vm.assertEq(bridge.depositCount(), handler.exitCountOf(place));
            vm.assertEq(bridge.getRoot(), handler.exitRootOf(place));
        }
    }

    /// forge-config: default.invariant.runs = 8
    function invariant_claimedChainIsThatOfTheClaims() external view {
        for (uint256 place = 1; place < handler.PLACES(); ++place) {
            ISharedBridgeL2 bridge = ISharedBridgeL2(address(handler.bridges(place)));
            vm.assertEq(bridge.claimedGlobalIndexHashChain(), handler.claimedChain(place));
        }
    }
}
