// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IBridgeErrors, IBridgeErrorsL2} from "../../src/interfaces/IBridgeErrors.sol";
import {IMessageReceiver, ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {ISharedBridgeL2} from "../../src/interfaces/ISharedBridgeL2.sol";
import {ExitTree} from "../../src/libraries/ExitTree.sol";
import {TokenPermit} from "../../src/libraries/TokenPermit.sol";
import {InvalidGlobalIndex} from "../../src/types/GlobalIndex.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

/// @notice The selectors and topics of LxLy v12.1.4's bridges, beside ours. What its wrapped tokens' proxies need is left out. The
/// initializers, which have one name, are called in `SharedBridge.dispatch.t.sol`.
contract SharedBridgeAbiTest is Base {
    function _same(bytes4 ours, bytes4 theirs) private pure {
        vm.assertEq(ours, theirs);
    }

    function _same(bytes32 ours, bytes32 theirs) private pure {
        vm.assertEq(ours, theirs);
    }

    function test_functions_areLxLysOnEveryNetwork() external pure {
        _same(ISharedBridge.BRIDGE_VERSION.selector, 0x65d6f654);
        _same(ISharedBridge.WETHToken.selector, 0x4b2f336d);
        _same(ISharedBridge.activateEmergencyState.selector, 0x2072f6c5);
        _same(ISharedBridge.bridgeAsset.selector, 0xcd586579);
        _same(ISharedBridge.bridgeLib.selector, 0x6f0bc3da);
        _same(ISharedBridge.bridgeMessage.selector, 0x240ff378);
        _same(ISharedBridge.bridgeMessageWETH.selector, 0xb8b284d0);
        _same(ISharedBridge.calculateRoot.selector, 0x83f24403);
        _same(ISharedBridge.claimAsset.selector, 0xccaa2d11);
        _same(ISharedBridge.claimMessage.selector, 0xf5efcd79);
        _same(ISharedBridge.claimedBitMap.selector, 0xee25560b);
        _same(ISharedBridge.computeTokenProxyAddress.selector, 0xf214e161);
        _same(ISharedBridge.deactivateEmergencyState.selector, 0xdbc16976);
        _same(ISharedBridge.depositCount.selector, 0x2dfdf0b5);
        _same(ISharedBridge.gasTokenAddress.selector, 0x3c351e10);
        _same(ISharedBridge.gasTokenMetadata.selector, 0x27aef4e8);
        _same(ISharedBridge.gasTokenNetwork.selector, 0x3cbc795b);
        _same(ISharedBridge.getLeafValue.selector, 0x3e197043);
        _same(ISharedBridge.getRoot.selector, 0x5ca1e165);
        _same(ISharedBridge.getTokenMetadata.selector, 0xc00f14ab);
        _same(ISharedBridge.getTokenWrappedAddress.selector, 0x22e95f2c);
        _same(ISharedBridge.getWrappedTokenBridgeImplementation.selector, 0x3b2fee9a);
        _same(ISharedBridge.globalExitRootManager.selector, 0xd02103ca);
        _same(ISharedBridge.isClaimed.selector, 0xcc461632);
        _same(ISharedBridge.isEmergencyState.selector, 0x15064c96);
        _same(ISharedBridge.lastUpdatedDepositCount.selector, 0xbe5831c7);
        _same(ISharedBridge.networkID.selector, 0xbab161bf);
        _same(ISharedBridge.polygonRollupManager.selector, 0x8ed7e3f2);
        _same(ISharedBridge.tokenInfoToWrappedToken.selector, 0x81b1c174);
        _same(ISharedBridge.updateGlobalExitRoot.selector, 0x79e2cf97);
        _same(ISharedBridge.verifyMerkleProof.selector, 0xfb570834);
        _same(ISharedBridge.version.selector, 0x54fd4d50);
        _same(ISharedBridge.wrappedTokenToTokenInfo.selector, 0x318aee3d);
        _same(IMessageReceiver.onMessageReceived.selector, 0x1806b5f2);
    }

    function test_functions_areLxLysOnAnL2() external pure {
        _same(ISharedBridgeL2.BRIDGE_SOVEREIGN_VERSION.selector, 0xf67566e4);
        _same(ISharedBridgeL2.acceptEmergencyBridgePauserRole.selector, 0xe88f0436);
        _same(ISharedBridgeL2.acceptEmergencyBridgeUnpauserRole.selector, 0x8b37b873);
        _same(ISharedBridgeL2.backwardLET.selector, 0xfd7640e8);
        _same(ISharedBridgeL2.bridgeManager.selector, 0x14cc01a0);
        _same(ISharedBridgeL2.claimedGlobalIndexHashChain.selector, 0x1d081d8c);
        _same(ISharedBridgeL2.deployWrappedTokenAndRemap.selector, 0x6e974cd4);
        _same(ISharedBridgeL2.emergencyBridgePauser.selector, 0x2f84c690);
        _same(ISharedBridgeL2.emergencyBridgeUnpauser.selector, 0xae24490a);
        _same(ISharedBridgeL2.forwardLET.selector, 0xf0e70808);
        _same(ISharedBridgeL2.getTokenMetadata.selector, 0xc00f14ab);
        _same(ISharedBridgeL2.localBalanceTree.selector, 0xd9cb3aec);
        _same(ISharedBridgeL2.migrateLegacyToken.selector, 0xb0b37920);
        _same(ISharedBridgeL2.pendingEmergencyBridgePauser.selector, 0x03e6e116);
        _same(ISharedBridgeL2.pendingEmergencyBridgeUnpauser.selector, 0x606617ff);
        _same(ISharedBridgeL2.removeLegacySovereignTokenAddress.selector, 0xb4586962);
        _same(ISharedBridgeL2.setBridgeManager.selector, 0xeabd372a);
        _same(ISharedBridgeL2.setLocalBalanceTree.selector, 0x8f9720bb);
        _same(ISharedBridgeL2.setMultipleClaims.selector, 0x1c208229);
        _same(ISharedBridgeL2.setMultipleSovereignTokenAddress.selector, 0x57cfbee3);
        _same(ISharedBridgeL2.setSovereignWETHAddress.selector, 0xbf130d7f);
        _same(ISharedBridgeL2.transferEmergencyBridgePauserRole.selector, 0x69e3ab12);
        _same(ISharedBridgeL2.transferEmergencyBridgeUnpauserRole.selector, 0x8d942096);
        _same(ISharedBridgeL2.unsetGlobalIndexHashChain.selector, 0x6ee84b23);
        _same(ISharedBridgeL2.unsetMultipleClaims.selector, 0x136a2c60);
        _same(ISharedBridgeL2.wrappedAddressIsNotMintable.selector, 0xc0f49163);
        _same(ISharedBridgeL2.getTokenMetadata.selector, 0xc00f14ab);
        _same(ISharedBridgeL2.safeDecimals.selector, 0xbe3dcf62);
        _same(ISharedBridgeL2.safeName.selector, 0xcf825e55);
        _same(ISharedBridgeL2.safeSymbol.selector, 0x737ce341);
    }

    function test_events_areLxLysOnEveryNetwork() external pure {
        _same(
            ISharedBridge.BridgeEvent.selector,
            0x501781209a1f8899323b96b4ef08b168df93e0a90c673d1e4cce39366cb62f9b
        );
        _same(
            ISharedBridge.ClaimEvent.selector,
            0x1df3f2a973a00d6635911755c260704e95e8a5876997546798770f76396fda4d
        );
        _same(
            ISharedBridge.EmergencyStateActivated.selector,
            0x2261efe5aef6fedc1fd1550b25facc9181745623049c7901287030b9ad1a5497
        );
        _same(
            ISharedBridge.EmergencyStateDeactivated.selector,
            0x1e5e34eea33501aecf2ebec9fe0e884a40804275ea7fe10b2ba084c8374308b3
        );
        _same(
            ISharedBridge.Initialized.selector,
            0x7f26b83ff96e1f2b6a682f133852f6798a09c465da95921460cefb3847402498
        );
        _same(
            ISharedBridge.NewWrappedToken.selector,
            0x490e59a1701b938786ac72570a1efeac994a3dbe96e2e883e19e902ace6e6a39
        );
    }

    function test_events_areLxLysOnAnL2() external pure {
        _same(
            ISharedBridgeL2.AcceptEmergencyBridgePauserRole.selector,
            0x85d2bdfbe58cd81abf8199c13ce2509204be4aba8603b9d29f52c4e13e7bb793
        );
        _same(
            ISharedBridgeL2.AcceptEmergencyBridgeUnpauserRole.selector,
            0x24cc8295aa5110cc216695db944ad2458c7795c6404449be980c3ce14aed752d
        );
        _same(
            ISharedBridgeL2.BackwardLET.selector,
            0x2f8b2f36ca0d63af2efffe9d5e728a61c2bc273a3fc0574d12b558a41f149555
        );
        _same(
            ISharedBridgeL2.DetailedClaimEvent.selector,
            0x7fee792f28e46481b8f3ff0ce0983de269108f87dd43f7c7c10f7c922897a944
        );
        _same(
            ISharedBridgeL2.ForwardLET.selector,
            0xe90f3fcbcd86a778012608da0cd7622521c8dac9919dddf25a3fb634adb3d2c8
        );
        _same(
            ISharedBridgeL2.MigrateLegacyToken.selector,
            0xb7f8fd4d1faf9b2929dc269f59c53e3a2bccc44e9950f33a568fcbcb37eb69a9
        );
        _same(
            ISharedBridgeL2.RemoveLegacySovereignTokenAddress.selector,
            0xc2ae0bd0ec0fd0352bfe5bacac49637af342c1e40f1b80a7f74440dc7fe3f063
        );
        _same(
            ISharedBridgeL2.SetBridgeManager.selector,
            0x32cf74f8a6d5f88593984d2cd52be5592bfa6884f5896175801a5069ef09cd67
        );
        _same(
            ISharedBridgeL2.SetClaim.selector,
            0xab48452e173be3f004b3208cc344b14cc7f8d977fc1ca28171286a7abb5d7570
        );
        _same(
            ISharedBridgeL2.SetLocalBalanceTree.selector,
            0x73a03a6d9efc14b9f22a3af967e98580549eb76b1113b6a09a57ce1dae36ecd2
        );
        _same(
            ISharedBridgeL2.SetSovereignTokenAddress.selector,
            0xdbe8a5da6a7a916d9adfda9160167a0f8a3da415ee6610e810e753853597fce7
        );
        _same(
            ISharedBridgeL2.SetSovereignWETHAddress.selector,
            0xc7318b7ed6ba4f2908a3de396d8ab49b1dadb55db5b55123247a401f29ff8d82
        );
        _same(
            ISharedBridgeL2.TransferEmergencyBridgePauserRole.selector,
            0xb27de219766f47b82684842855ba6130b6dbf288ac66d1c3509e7bf17f4e925a
        );
        _same(
            ISharedBridgeL2.TransferEmergencyBridgeUnpauserRole.selector,
            0xf01a62a06940517bbc898dec8c75794b9feabcd2d263c8de823b36dbbeb8779b
        );
        _same(
            ISharedBridgeL2.UpdatedClaimedGlobalIndexHashChain.selector,
            0x3e5936f910a78eb5181813a939c8d4c3e4d85f87943f659380d82ac6221b0e92
        );
        _same(
            ISharedBridgeL2.UpdatedUnsetGlobalIndexHashChain.selector,
            0xc80e0aca446a59735359a7ae46124b57c47b892827642779bc6dafc84ba90b03
        );
    }

    function test_errors_areLxLysOnEveryNetwork() external pure {
        _same(ExitTree.MerkleTreeFull.selector, 0xef5ccf66);
        _same(IBridgeErrors.AlreadyClaimed.selector, 0x646cf558);
        _same(IBridgeErrors.AmountDoesNotMatchMsgValue.selector, 0xb89240f5);
        _same(IBridgeErrors.DestinationNetworkInvalid.selector, 0x0595ea2e);
        _same(IBridgeErrors.EtherTransferFailed.selector, 0x6747a288);
        _same(IBridgeErrors.FailedProxyDeployment.selector, 0x62d05d1a);
        _same(IBridgeErrors.GasTokenNetworkMustBeZeroOnEther.selector, 0x1a874c12);
        _same(IBridgeErrors.GlobalExitRootInvalid.selector, 0x002f6fad);
        _same(IBridgeErrors.InvalidInitializeFunction.selector, 0xf57ac683);
        _same(IBridgeErrors.InvalidLeafType.selector, 0x5e2c5c32);
        _same(IBridgeErrors.InvalidSmtProof.selector, 0xe0417cec);
        _same(IBridgeErrors.InvalidSovereignWETHAddressParams.selector, 0x1cdc46ea);
        _same(IBridgeErrors.InvalidZeroAddress.selector, 0xf6b2911f);
        _same(IBridgeErrors.InvalidZeroNetworkID.selector, 0x4e702fa5);
        _same(IBridgeErrors.MessageFailed.selector, 0x37e391c3);
        _same(IBridgeErrors.MsgValueNotZero.selector, 0x798ee6f1);
        _same(IBridgeErrors.NativeTokenIsEther.selector, 0xdde3cda7);
        _same(IBridgeErrors.NoValueInMessagesOnGasTokenNetworks.selector, 0x6f625c40);
        _same(IBridgeErrors.OnlyDeployer.selector, 0x618bbdd5);
        _same(IBridgeErrors.OnlyEmergencyState.selector, 0x53866981);
        _same(IBridgeErrors.OnlyNotEmergencyState.selector, 0x2f0047fc);
        _same(IBridgeErrors.OnlyRollupManager.selector, 0xb9b3a2c8);
        _same(InvalidGlobalIndex.selector, 0x071389e9);
        _same(SafeERC20.SafeERC20FailedOperation.selector, 0x5274afe7);
        _same(TokenPermit.NotValidOwner.selector, 0x912ecce7);
        _same(TokenPermit.NotValidSignature.selector, 0xe282c0ba);
        _same(TokenPermit.NotValidSpender.selector, 0x750643af);
    }

    function test_errors_areLxLysOnAnL2() external pure {
        _same(IBridgeErrorsL2.BridgeAddressNotAllowed.selector, 0x1ae0e033);
        _same(IBridgeErrorsL2.ClaimNotSet.selector, 0x318dafb8);
        _same(IBridgeErrorsL2.InputArraysLengthMismatch.selector, 0x869e93ea);
        _same(IBridgeErrorsL2.InvalidDepositCount.selector, 0xd5ea18a8);
        _same(IBridgeErrorsL2.InvalidExpectedLER.selector, 0x277ffcf3);
        _same(IBridgeErrorsL2.InvalidLBTLeaf.selector, 0xb869a63f);
        _same(IBridgeErrorsL2.InvalidLeavesLength.selector, 0x84880567);
        _same(IBridgeErrorsL2.LocalBalanceTreeOverflow.selector, 0x23d72133);
        _same(IBridgeErrorsL2.LocalBalanceTreeUnderflow.selector, 0x14603c01);
        _same(IBridgeErrorsL2.NewDepositCountExceedsMax.selector, 0x2e275a9f);
        _same(IBridgeErrorsL2.NonZeroValueForUnusedFrontier.selector, 0x323f86f0);
        _same(IBridgeErrorsL2.OnlyBridgeManager.selector, 0xaf6e71a2);
        _same(IBridgeErrorsL2.OnlyEmergencyBridgePauser.selector, 0x26898bbe);
        _same(IBridgeErrorsL2.OnlyEmergencyBridgeUnpauser.selector, 0x8e9d821f);
        _same(IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector, 0xa34ddeb1);
        _same(IBridgeErrorsL2.OnlyPendingEmergencyBridgePauser.selector, 0x7bb0100f);
        _same(IBridgeErrorsL2.OnlyPendingEmergencyBridgeUnpauser.selector, 0xd491f0c1);
        _same(IBridgeErrorsL2.OriginNetworkInvalid.selector, 0x658b23ad);
        _same(IBridgeErrorsL2.SubtreeFrontierMismatch.selector, 0x79c13f8b);
        _same(IBridgeErrorsL2.TokenAlreadyMapped.selector, 0x5eaf7bac);
        _same(IBridgeErrorsL2.TokenAlreadyUpdated.selector, 0xe273c4a1);
        _same(IBridgeErrorsL2.TokenNotMapped.selector, 0x828d5663);
        _same(IBridgeErrorsL2.TokenNotRemapped.selector, 0xe0c897a7);
        _same(IBridgeErrorsL2.WETHRemappingNotSupportedOnGasTokenNetworks.selector, 0x9968e226);
    }
}
