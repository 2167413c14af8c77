// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title IBridgeErrors
/// @notice The errors of the bridge. All without arguments are LxLy's, which clients match by name.
/// @dev `InvalidGlobalIndex` is declared with `GlobalIndex`, `MerkleTreeFull` with `ExitTree`, the errors of permits with
/// `TokenPermit`; `SafeERC20FailedOperation(address)` is OpenZeppelin's.
interface IBridgeErrors {
    /// @notice Only the address that the bridge was deployed with initializes it.
    error OnlyDeployer();
    /// @notice The bridge was initialized already.
    error AlreadyInitialized();
    /// @notice Use the initializer that belongs to this network: six arguments on Ethereum, twelve on an L2.
    error InvalidInitializeFunction();
    /// @notice An L2 has a network id of its own.
    error InvalidZeroNetworkID();
    /// @notice An address is missing.
    error InvalidZeroAddress();
    /// @notice Where ether is the native token its network is zero.
    error GasTokenNetworkMustBeZeroOnEther();
    /// @notice A WETH of one's own goes with a gas token, and only a WETH of one's own can be one that the bridge does not mint.
    error InvalidSovereignWETHAddressParams();
    /// @notice Wrapped tokens here are no upgradeable proxies: nobody can be their manager.
    error ProxiedTokensManagerNotSupported(address manager);

    /// @notice An exit has another destination than its own network; a claim has this one.
    error DestinationNetworkInvalid();
    /// @notice The native token is worth what is sent with the call.
    error AmountDoesNotMatchMsgValue();
    /// @notice Tokens are bridged without ether.
    error MsgValueNotZero();
    /// @notice Where the native token is not ether, a message carries WETH: use bridgeMessageWETH.
    error NoValueInMessagesOnGasTokenNetworks();
    /// @notice Where ether is the native token, there is no WETH of the bridge: use bridgeMessage.
    error NativeTokenIsEther();
    /// @notice The bridge was reentered.
    error Reentered();

    /// @notice The bridge knows no such global exit root.
    error GlobalExitRootInvalid();
    /// @notice The exit does not stand under the global exit root.
    error InvalidSmtProof();
    /// @notice A leaf is of type 0 or 1.
    error InvalidLeafType();
    /// @notice The exit was claimed before.
    error AlreadyClaimed();
    /// @notice The receiver did not take the native token.
    error EtherTransferFailed();
    /// @notice The receiver did not take the message.
    error MessageFailed();
    /// @notice The code of a wrapped token could not be created.
    error FailedProxyDeployment();

    /// @notice The bridge stands still.
    error OnlyNotEmergencyState();
    /// @notice The bridge does not stand still.
    error OnlyEmergencyState();
    /// @notice After a stop the bridge cannot be stopped again for as long as it stood still.
    error EmergencyTooSoon(uint256 notBefore);
    /// @notice Only the rollup manager stops and starts the bridge on Ethereum.
    error OnlyRollupManager();
}

/// @title IBridgeErrorsL2
/// @notice The errors of what only an L2's bridge does.
interface IBridgeErrorsL2 {
    /// @notice Only the bridge manager.
    error OnlyBridgeManager();
    /// @notice Only the pauser.
    error OnlyEmergencyBridgePauser();
    /// @notice Only the unpauser.
    error OnlyEmergencyBridgeUnpauser();
    /// @notice Only whom the pauser named.
    error OnlyPendingEmergencyBridgePauser();
    /// @notice Only whom the unpauser named.
    error OnlyPendingEmergencyBridgeUnpauser();
    /// @notice Only who may remove global exit roots.
    error OnlyGlobalExitRootRemover();

    /// @notice Lists belong together and have one length.
    error InputArraysLengthMismatch();
    /// @notice The network of the bridge is the origin of its own tokens and messages, and of no others.
    error OriginNetworkInvalid();
    /// @notice A token that stands for another cannot be the bridge.
    error BridgeAddressNotAllowed();
    /// @notice The token stands for another already.
    error TokenAlreadyMapped();
    /// @notice No token stands for it.
    error TokenNotMapped();
    /// @notice The token is still the one that is minted.
    error TokenNotRemapped();
    /// @notice The token is the newest one already.
    error TokenAlreadyUpdated();
    /// @notice There is a WETH to replace only where the native token is not ether.
    error WETHRemappingNotSupportedOnGasTokenNetworks();

    /// @notice The claim was not made.
    error ClaimNotSet();
    /// @notice More left than the network held.
    error LocalBalanceTreeUnderflow(
        uint32 originNetwork, address originTokenAddress, uint256 amount, uint256 localBalanceTreeAmount
    );
    /// @notice More came than a balance can count.
    error LocalBalanceTreeOverflow(
        uint32 originNetwork, address originTokenAddress, uint256 amount, uint256 localBalanceTreeAmount
    );
    /// @notice Tokens of the network itself have no balance.
    error InvalidLBTLeaf();

    /// @notice A tree goes back to fewer leaves than it has.
    error InvalidDepositCount();
    /// @notice A tree does not have as many leaves.
    error NewDepositCountExceedsMax();
    /// @notice The frontier is not that of the tree at the smaller count.
    error SubtreeFrontierMismatch();
    /// @notice A node that the count does not use is zero.
    error NonZeroValueForUnusedFrontier();
    /// @notice There are no leaves to append.
    error InvalidLeavesLength();
    /// @notice The leaves do not lead to the expected root.
    error InvalidExpectedLER();
}
