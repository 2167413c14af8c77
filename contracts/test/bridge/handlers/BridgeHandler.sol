// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {SharedBridge} from "../../../src/bridge/SharedBridge.sol";
import {IBridgeErrors} from "../../../src/interfaces/IBridgeErrors.sol";
import {ISharedBridge} from "../../../src/interfaces/ISharedBridge.sol";
import {ExitLeaf} from "../../../src/libraries/ExitLeaf.sol";
import {NetworkId} from "../../../src/types/NetworkId.sol";
import {vm} from "../../Vm.sol";
import {MockForwarder} from "../../mocks/MockReceivers.sol";
import {BridgeLedger} from "./BridgeLedger.sol";

/// @notice Sends on the value of messages, and keeps what else comes.
contract Forwarder is MockForwarder {
    receive() external payable {}
}

/// @notice Does at three bridges, in any order, what users, settlement and the updaters of the L2s do. No action reverts: each makes
/// of its random words something that can be done, or does nothing.
contract BridgeHandler is BridgeLedger {
    uint256 public actions;
    uint256 public claims;
    uint256 public refusals;
    Forwarder private _forwarder = new Forwarder();

    modifier counted() {
        ++actions;
        _;
    }

    function selectors() external pure returns (bytes4[] memory list) {
        list = new bytes4[](7);
        list[0] = this.bridgeAsset.selector;
        list[1] = this.bridgeMessage.selector;
        list[2] = this.claim.selector;
        list[3] = this.claimMany.selector;
        list[4] = this.claimAgain.selector;
        list[5] = this.settle.selector;
        list[6] = this.insert.selector;
    }

    // Exits.

    function bridgeAsset(uint256 place, uint256 asset, uint256 destination, uint256 amount, bool publish)
        external
        counted
    {
        (place, asset, destination) = (place % PLACES, asset % ASSETS, _elsewhere(place, destination));
        address actor = actors()[amount % 2];
        amount = _bound(place, asset, actor, amount);
        address at = tokenAt(place, asset);
        // A token that nobody claimed here yet cannot leave.
        if (at == address(0) && !isNative(place, asset)) return;
        address receiver = actors()[destination % 2];
        vm.prank(actor);
        bridges[place].bridgeAsset{value: at == address(0) ? amount : 0}(
            networks[destination], receiver, amount, at, publish, ""
        );
        if (asset == FEE && isHome(place, asset)) amount -= amount / 100;
        _recordAsset(place, asset, destination, receiver, amount);
        if (publish && place == 0) _recordMainnet();
    }

    function _recordAsset(uint256 place, uint256 asset, uint256 destination, address receiver, uint256 amount)
        private
    {
        Exit memory exit;
        (exit.leafType, exit.originNetwork) = (ExitLeaf.ASSET, networks[assets[asset].home]);
        (exit.originAddress, exit.metadata) = (assets[asset].origin, assets[asset].metadata);
        (exit.destinationNetwork, exit.destinationAddress) = (networks[destination], receiver);
        exit.amount = amount;
        _recordExit(place, asset, exit);
    }

    function bridgeMessage(uint256 place, uint256 destination, uint256 amount, bool forward, bool publish)
        external
        counted
    {
        (place, destination) = (place % PLACES, _elsewhere(place, destination));
        address actor = actors()[amount % 2];
        amount = _bound(place, ETHER, actor, amount);
        address receiver = forward ? address(_forwarder) : actors()[destination % 2];
        SharedBridge bridge = bridges[place];
        bytes memory data = abi.encode(amount);
        vm.prank(actor);
        if (isNative(place, ETHER)) {
            bridge.bridgeMessage{value: amount}(networks[destination], receiver, publish, data);
        } else {
            bridge.bridgeMessageWETH(networks[destination], receiver, amount, publish, data);
        }
        Exit memory exit;
        (exit.leafType, exit.originNetwork, exit.originAddress) = (ExitLeaf.MESSAGE, networks[place], actor);
        (exit.destinationNetwork, exit.destinationAddress) = (networks[destination], receiver);
        (exit.amount, exit.metadata) = (amount, data);
        _recordExit(place, ETHER, exit);
        if (publish && place == 0) _recordMainnet();
    }

    /// @dev Another place than the one that an exit leaves.
    function _elsewhere(uint256 place, uint256 destination) private pure returns (uint256) {
        return (place % PLACES + 1 + destination % (PLACES - 1)) % PLACES;
    }

    /// @dev At most what the actor has, and what there is at an L2.
    function _bound(uint256 place, uint256 asset, address actor, uint256 amount)
        private
        view
        returns (uint256)
    {
        address at = tokenAt(place, asset);
        uint256 most = actor.balance;
        if (!isNative(place, asset)) most = at == address(0) ? 0 : IERC20(at).balanceOf(actor);
        if (!isHome(place, asset)) {
            uint256 held = received[place][asset] - sent[place][asset];
            if (held < most) most = held;
        }
        return most == 0 ? 0 : amount % (most + 1);
    }

    // Roots.

    function settle(uint256 place) external counted {
        _settle(place);
    }

    function _settle(uint256 place) private {
        vm.roll(block.number + 1);
        vm.warp(block.timestamp + 12);
        place %= PLACES;
        if (place == 0) {
            bool isNew = l1.lastUpdatedDepositCount() < leaves[0].length;
            l1.updateGlobalExitRoot();
            if (isNew) _recordMainnet();
        } else {
            settlement.settle(roots, networks[place], bridges[place].getRoot());
            _recordRollup(place);
        }
    }

    /// @dev Any global exit root of Ethereum's, in any order.
    function insert(uint256 place, uint256 snapshot) external counted {
        _insert(place, snapshot);
    }

    function _insert(uint256 place, uint256 snapshot) private {
        if (snapshots.length == 0) return;
        (place, snapshot) = (1 + place % (PLACES - 1), snapshot % snapshots.length);
        if (snapshots[snapshot].known[place]) return;
        vm.prank(UPDATER);
        (place == 1 ? rootsL2 : rootsGas).insertGlobalExitRoot(globalExitRootOf(snapshot));
        _recordInsertion(place, snapshot);
    }

    // Claims.

    /// @notice Claims all that was not claimed yet, and then everything again.
    function finish() external {
        for (uint256 i = 0; i < exits.length; ++i) {
            if (!claimed[i]) _claim(i, i);
        }
        for (uint256 i = 0; i < exits.length; ++i) {
            _claimAgain(i, i, i % 2 == 0);
        }
    }

    function claim(uint256 index, uint256 snapshot) external counted {
        _claim(index, snapshot);
    }

    function _claim(uint256 index, uint256 snapshot) private {
        bool found;
        (found, index) = _find(index, false);
        if (!found) return;
        snapshot = _reach(index, snapshot);
        Exit memory exit = exits[index];
        SharedBridge bridge = bridges[placeOf(exit.destinationNetwork)];
        Path memory path = _pathUnder(index, snapshot);
        if (exit.leafType == ExitLeaf.ASSET) claimAsset(bridge, exit, path);
        else claimMessage(bridge, exit, path);
        _claimed(index);
    }

    /// @dev All that one global exit root covers and one network may claim, four at most.
    function claimMany(uint256 index, uint256 snapshot) external counted {
        bool found;
        (found, index) = _find(index, false);
        if (!found) return;
        snapshot = _reach(index, snapshot);
        NetworkId destination = exits[index].destinationNetwork;
        uint256[4] memory chosen;
        uint256 count = 0;
        for (uint256 i = 0; i < exits.length && count < chosen.length; ++i) {
            bool fits = exits[i].destinationNetwork == destination && _covers(snapshot, i);
            if (fits && !claimed[i]) chosen[count++] = i;
        }
        ISharedBridge.Claim[] memory list = new ISharedBridge.Claim[](count);
        Path memory path;
        for (uint256 i = 0; i < count; ++i) {
            path = _pathUnder(chosen[i], snapshot);
            list[i] = shortClaim(exits[chosen[i]], path);
        }
        bridges[placeOf(destination)].claimMany(path.mainnetExitRoot, path.rollupExitRoot, list);
        for (uint256 i = 0; i < count; ++i) {
            _claimed(chosen[i]);
        }
    }

    /// @dev Whatever was claimed is refused under every root, in each form.
    function claimAgain(uint256 index, uint256 snapshot, bool short) external counted {
        _claimAgain(index, snapshot, short);
    }

    function _claimAgain(uint256 index, uint256 snapshot, bool short) private {
        bool found;
        (found, index) = _find(index, true);
        if (!found) return;
        snapshot = _reach(index, snapshot);
        Exit memory exit = exits[index];
        SharedBridge bridge = bridges[placeOf(exit.destinationNetwork)];
        Path memory path = _pathUnder(index, snapshot);
        ISharedBridge.Claim[] memory list = new ISharedBridge.Claim[](1);
        list[0] = shortClaim(exit, path);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.AlreadyClaimed.selector));
        if (short) bridge.claimMany(path.mainnetExitRoot, path.rollupExitRoot, list);
        else if (exit.leafType == ExitLeaf.ASSET) claimAsset(bridge, exit, path);
        else claimMessage(bridge, exit, path);
        ++refusals;
    }

    /// @dev The claim was made; the forwarder has sent its value back.
    function _claimed(uint256 index) private {
        _recordClaim(index);
        ++claims;
        Exit memory exit = exits[index];
        if (exit.leafType == ExitLeaf.ASSET || exit.destinationAddress != address(_forwarder)) return;
        uint256 place = placeOf(exit.destinationNetwork);
        // Where ether is a token, no value comes with the message.
        (uint256 asset, uint256 amount) = place == 2 ? (GAS, 0) : (ETHER, exit.amount);
        _recordAsset(place, asset, placeOf(exit.originNetwork), address(_forwarder), amount);
    }

    /// @dev The first exit from a random one on that was claimed, or was not.
    function _find(uint256 start, bool isClaimed) private view returns (bool, uint256) {
        for (uint256 i = 0; i < exits.length; ++i) {
            uint256 index = (start % exits.length + i) % exits.length;
            if (claimed[index] == isClaimed) return (true, index);
        }
        return (false, 0);
    }

    function _covers(uint256 snapshot, uint256 index) private view returns (bool) {
        return snapshots[snapshot].counts[placeOf(exits[index].source)] > exits[index].leafIndex;
    }

    /// @dev A global exit root that covers an exit and is known where it goes: any there is, else a new one.
    function _reach(uint256 index, uint256 start) private returns (uint256) {
        uint256 place = placeOf(exits[index].destinationNetwork);
        for (uint256 i = 0; i < snapshots.length; ++i) {
            uint256 snapshot = (start % snapshots.length + i) % snapshots.length;
            if (snapshots[snapshot].known[place] && _covers(snapshot, index)) return snapshot;
        }
        _settle(placeOf(exits[index].source));
        uint256 newest = snapshots.length - 1;
        if (place != 0) _insert(place - 1, newest);
        return newest;
    }
}
