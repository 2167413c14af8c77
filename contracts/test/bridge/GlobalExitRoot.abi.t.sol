// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {
    IGlobalExitRoot,
    IGlobalExitRootBase,
    IGlobalExitRootL2
} from "../../src/interfaces/IGlobalExitRoot.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

/// @notice The selectors and topics of LxLy v12.1.4's two exit root contracts, beside ours. Their initializers are called in
/// `SharedBridge.dispatch.t.sol`.
contract GlobalExitRootAbiTest is Base {
    function _same(bytes4 ours, bytes4 theirs) private pure {
        vm.assertEq(ours, theirs);
    }

    function _same(bytes32 ours, bytes32 theirs) private pure {
        vm.assertEq(ours, theirs);
    }

    function test_functions_areLxLysOnEthereum() external pure {
        _same(IGlobalExitRoot.GER_VERSION.selector, 0x0f142619);
        _same(IGlobalExitRootBase.bridgeAddress.selector, 0xa3c573eb);
        _same(IGlobalExitRoot.calculateRoot.selector, 0x83f24403);
        _same(IGlobalExitRoot.depositCount.selector, 0x2dfdf0b5);
        _same(IGlobalExitRoot.getLastGlobalExitRoot.selector, 0x3ed691ef);
        _same(IGlobalExitRoot.getLeafValue.selector, 0x5d810501);
        _same(IGlobalExitRoot.getRoot.selector, 0x5ca1e165);
        _same(IGlobalExitRootBase.globalExitRootMap.selector, 0x257b3632);
        _same(IGlobalExitRoot.l1InfoRootMap.selector, 0xef4eeb35);
        _same(IGlobalExitRoot.lastMainnetExitRoot.selector, 0x319cf735);
        _same(IGlobalExitRootBase.lastRollupExitRoot.selector, 0x01fd9044);
        _same(IGlobalExitRoot.rollupManager.selector, 0x49b7b802);
        _same(IGlobalExitRootBase.updateExitRoot.selector, 0x33d6247d);
        _same(IGlobalExitRoot.verifyMerkleProof.selector, 0xfb570834);
        _same(IGlobalExitRootBase.version.selector, 0x54fd4d50);
    }

    function test_functions_areLxLysOnAnL2() external pure {
        _same(IGlobalExitRootL2.GER_SOVEREIGN_VERSION.selector, 0x6ee160d0);
        _same(IGlobalExitRootL2.acceptGlobalExitRootRemover.selector, 0xf5c2f092);
        _same(IGlobalExitRootL2.acceptGlobalExitRootUpdater.selector, 0xc053902a);
        _same(IGlobalExitRootBase.bridgeAddress.selector, 0xa3c573eb);
        _same(IGlobalExitRootBase.globalExitRootMap.selector, 0x257b3632);
        _same(IGlobalExitRootL2.globalExitRootRemover.selector, 0x91eb796d);
        _same(IGlobalExitRootL2.globalExitRootUpdater.selector, 0x7c314ce3);
        _same(IGlobalExitRootL2.insertGlobalExitRoot.selector, 0x12da06b2);
        _same(IGlobalExitRootL2.insertedGERHashChain.selector, 0x163bbb46);
        _same(IGlobalExitRootBase.lastRollupExitRoot.selector, 0x01fd9044);
        _same(IGlobalExitRootL2.pendingGlobalExitRootRemover.selector, 0x14770a93);
        _same(IGlobalExitRootL2.pendingGlobalExitRootUpdater.selector, 0x2d5ddf2b);
        _same(IGlobalExitRootL2.removeGlobalExitRoots.selector, 0x65f0e347);
        _same(IGlobalExitRootL2.removedGERHashChain.selector, 0xf5d2f04b);
        _same(IGlobalExitRootL2.transferGlobalExitRootRemover.selector, 0x68328bc1);
        _same(IGlobalExitRootL2.transferGlobalExitRootUpdater.selector, 0x0e1bbf9f);
        _same(IGlobalExitRootBase.updateExitRoot.selector, 0x33d6247d);
        _same(IGlobalExitRootBase.version.selector, 0x54fd4d50);
    }

    function test_events_areLxLys() external pure {
        _same(
            IGlobalExitRoot.InitL1InfoRootMap.selector,
            0x11f50c71891002839c2637ce302087160298255a87f1ea60d40e8db081383fad
        );
        _same(
            IGlobalExitRoot.Initialized.selector,
            0x7f26b83ff96e1f2b6a682f133852f6798a09c465da95921460cefb3847402498
        );
        _same(
            IGlobalExitRoot.UpdateL1InfoTree.selector,
            0xda61aa7823fcd807e37b95aabcbe17f03a6f3efd514176444dae191d27fd66b3
        );
        _same(
            IGlobalExitRoot.UpdateL1InfoTreeV2.selector,
            0xaf6c6cd7790e0180a4d22eb8ed846e55846f54ed10e5946db19972b5a0813a59
        );
        _same(
            IGlobalExitRootL2.AcceptGlobalExitRootRemover.selector,
            0xabb4abb224bcd13da954d8616357fc9fcf0ccb7057f6dd0fbb7b10624c924ec5
        );
        _same(
            IGlobalExitRootL2.AcceptGlobalExitRootUpdater.selector,
            0x8002020f64e628e4e2ff674f8bb88c2709216fc10e3ccdca75ac257faf494236
        );
        _same(
            IGlobalExitRootL2.Initialized.selector,
            0x7f26b83ff96e1f2b6a682f133852f6798a09c465da95921460cefb3847402498
        );
        _same(
            IGlobalExitRootL2.TransferGlobalExitRootRemover.selector,
            0xea76dc66cb4397b7afec1a503c40b50f296f45c8a3e32d9f3eee2f7e07e7fba7
        );
        _same(
            IGlobalExitRootL2.TransferGlobalExitRootUpdater.selector,
            0x1b87468e424189ebdac99fd548646bdb9a48aa9708cfae9f96e6b2e76aee8425
        );
        _same(
            IGlobalExitRootL2.UpdateHashChainValue.selector,
            0x65d3bf36615f1f02a134d12dfa9ea6b1d4a52386e825973cd27ddb70895c2319
        );
        _same(
            IGlobalExitRootL2.UpdateRemovalHashChainValue.selector,
            0xaafec9380147d2b2b14fe23b1343cbaa1b07f86c5adb060bd28cdf1af4c6f0d4
        );
    }

    function test_errors_areLxLys() external pure {
        _same(IGlobalExitRootBase.OnlyAllowedContracts.selector, 0xb49365dd);
        _same(IGlobalExitRootL2.GlobalExitRootAlreadySet.selector, 0x1f97a582);
        _same(IGlobalExitRootL2.GlobalExitRootNotFound.selector, 0xf4a66f9d);
        _same(IGlobalExitRootL2.InvalidZeroAddress.selector, 0xf6b2911f);
        _same(IGlobalExitRootL2.OnlyDeployer.selector, 0x618bbdd5);
        _same(IGlobalExitRootL2.OnlyGlobalExitRootRemover.selector, 0xa34ddeb1);
        _same(IGlobalExitRootL2.OnlyGlobalExitRootUpdater.selector, 0xc758fc1a);
        _same(IGlobalExitRootL2.OnlyPendingGlobalExitRootRemover.selector, 0x7ca4d27a);
        _same(IGlobalExitRootL2.OnlyPendingGlobalExitRootUpdater.selector, 0x5f063f01);
    }
}
