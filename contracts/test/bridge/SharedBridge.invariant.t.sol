// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {ISharedBridgeL2} from "../../src/interfaces/ISharedBridgeL2.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";
import {BridgeHandler} from "./handlers/BridgeHandler.sol";

/// @notice What forge reads of the actions that it may take.
struct FuzzSelector {
    address addr;
    bytes4[] selectors;
}

/// @notice Ethereum's bridge, an L2's whose native token is ether and one's whose native token is another, used in any order.
contract SharedBridgeInvariantTest is Base {
    BridgeHandler private handler;

    function setUp() external {
        handler = new BridgeHandler();
        handler.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), handler.selectors());
    }

    /// @dev No run is empty: exits were claimed in it, and refused when claimed again.
    function afterInvariant() external view {
        vm.assertLe(5, handler.claims());
        vm.assertLe(1, handler.refusals());
    }

    /// @dev What a bridge holds of its own network's token is what the others have of it and what is on the way, to the last unit.
    function invariant_lockedCoversClaims() external view {
        for (uint256 asset = 0; asset < handler.ASSETS(); ++asset) {
            uint256 owed = handler.unclaimed(asset);
            for (uint256 place = 0; place < handler.PLACES(); ++place) {
                if (!handler.isHome(place, asset)) owed += handler.supply(place, asset);
            }
            vm.assertEq(handler.locked(asset), owed);
        }
    }

    function invariant_wrappedSupplyIsWhatWasBridged() external view {
        for (uint256 place = 0; place < handler.PLACES(); ++place) {
            for (uint256 asset = 0; asset < handler.ASSETS(); ++asset) {
                if (handler.isHome(place, asset)) continue;
                uint256 there = handler.received(place, asset) - handler.sent(place, asset);
                vm.assertEq(handler.supply(place, asset), there);
                if (place != 0) vm.assertEq(handler.localBalance(place, asset), there);
            }
        }
    }

    function invariant_claimedAtMostOnce() external view {
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

    function invariant_rootIsThatOfTheExits() external view {
        for (uint256 place = 0; place < handler.PLACES(); ++place) {
            SharedBridge bridge = handler.bridges(place);
            vm.assertEq(bridge.depositCount(), handler.exitCountOf(place));
            vm.assertEq(bridge.getRoot(), handler.exitRootOf(place));
        }
    }

    function invariant_claimedChainIsThatOfTheClaims() external view {
        for (uint256 place = 1; place < handler.PLACES(); ++place) {
            ISharedBridgeL2 bridge = ISharedBridgeL2(address(handler.bridges(place)));
            vm.assertEq(bridge.claimedGlobalIndexHashChain(), handler.claimedChain(place));
        }
    }
}
