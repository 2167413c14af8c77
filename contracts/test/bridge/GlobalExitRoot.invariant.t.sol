// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {GlobalExitRoot} from "../../src/bridge/GlobalExitRoot.sol";
import {GlobalExitRootL2} from "../../src/bridge/GlobalExitRootL2.sol";
import {ExitTree} from "../../src/libraries/ExitTree.sol";
import {vm} from "../Vm.sol";
import {BridgeInvariantBase} from "./BridgeInvariantBase.sol";

contract GlobalExitRootInvariantTest is BridgeInvariantBase {
    function _roots() private view returns (GlobalExitRoot) {
        return GlobalExitRoot(handler.bridges(0).globalExitRootManager());
    }

    /// @dev The L1 info tree is a plain tree of its leaves, and every root that it ever had is kept with its count.
    /// forge-config: default.invariant.runs = 8
    function invariant_infoTreeIsThatOfTheRoots() external view {
        GlobalExitRoot roots = _roots();
        uint256 count = handler.snapshotCount();
        vm.assertEq(roots.depositCount(), count);
        vm.assertEq(roots.l1InfoRootMap(0), ExitTree.EMPTY_ROOT);
        for (uint256 i = 0; i < count; ++i) {
            vm.assertEq(roots.l1InfoRootMap(SafeCast.toUint32(i + 1)), handler.infoRoots(i));
        }
        vm.assertEq(roots.getRoot(), count == 0 ? ExitTree.EMPTY_ROOT : handler.infoRoots(count - 1));
        vm.assertEq(roots.l1InfoRootMap(SafeCast.toUint32(count + 1)), 0);
    }

    /// @dev A number of exits and a root of Ethereum's that settlement may be given belonged together once.
    /// forge-config: default.invariant.runs = 8
    function invariant_recordedPairsWereTrue() external view {
        GlobalExitRoot roots = _roots();
        for (uint256 count = 0; count <= handler.exitCountOf(0) + 1; ++count) {
            vm.assertEq(roots.mainnetExitRootAt(count), handler.mainnetExitRootAt(count));
        }
        vm.assertEq(roots.lastMainnetExitRoot(), handler.lastMainnetExitRoot());
        vm.assertEq(roots.lastRollupExitRoot(), handler.lastRollupExitRoot());
    }

    /// @dev A network knows the global exit roots that it was given, Ethereum all there were.
    /// forge-config: default.invariant.runs = 8
    function invariant_knownRootsAreThoseInserted() external view {
        for (uint256 place = 0; place < handler.PLACES(); ++place) {
            GlobalExitRootL2 roots = GlobalExitRootL2(handler.bridges(place).globalExitRootManager());
            for (uint256 i = 0; i < handler.snapshotCount(); ++i) {
                bool known = roots.globalExitRootMap(handler.globalExitRootOf(i)) != 0;
                vm.assertTrue(known == handler.isKnown(place, i));
            }
            if (place != 0) vm.assertEq(roots.insertedGERHashChain(), handler.insertedChain(place));
        }
    }
}
