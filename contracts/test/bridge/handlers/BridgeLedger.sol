// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {SharedBridge} from "../../../src/bridge/SharedBridge.sol";
import {MAINNET, NetworkId} from "../../../src/types/NetworkId.sol";
import {PlainExitTree} from "../../PlainExitTree.sol";
import {vm} from "../../Vm.sol";
import {MockFeeToken, MockToken} from "../../mocks/MockTokens.sol";
import {BridgeBase} from "../BridgeBase.sol";

/// @notice Three bridges, and a plain account of all that was done at them: what the handler's actions should have led to, without a
/// frontier, a bitmap or a balance of the contracts'.
abstract contract BridgeLedger is BridgeBase {
    /// @notice A token, by the place of its own network.
    struct Asset {
        uint256 home;
        address origin;
        bytes metadata;
    }

    /// @notice A global exit root: how many exits of each place it covers, the rollups' exit roots in it, and where it is known.
    struct Snapshot {
        bytes32 mainnetExitRoot;
        bytes32 rollupExitRoot;
        uint256[3] counts;
        bytes32[3] rollups;
        bool[3] known;
    }

    uint256 public constant PLACES = 3;
    uint256 public constant ETHER = 0;
    uint256 public constant GAS = 1;
    uint256 public constant ASSETS = 6;
    uint256 internal constant FEE = 3;
    /// @notice Native coins that an L2's bridge has from genesis.
    uint256 public constant GENESIS = 1_000_000 ether;

    SharedBridge[3] public bridges;
    NetworkId[3] public networks = [MAINNET, A, G];
    Asset[] internal assets;

    // What was done.
    Exit[] internal exits;
    uint256[] internal assetOfExit;
    bool[] public claimed;
    bytes32[][3] internal leaves;
    mapping(uint256 place => mapping(uint256 asset => uint256)) public sent;
    mapping(uint256 place => mapping(uint256 asset => uint256)) public received;
    bytes32[3] public claimedChain;
    bytes32[3] public insertedChain;

    // What was published.
    Snapshot[] internal snapshots;
    Snapshot internal current;
    mapping(bytes32 globalExitRoot => bool) private _recorded;
    bytes32[] internal infoLeaves;
    /// @notice The plain root of the L1 info tree after each leaf.
    bytes32[] public infoRoots;
    /// @notice The plain exit root of Ethereum at each count that was published.
    mapping(uint256 count => bytes32) public mainnetExitRootAt;

    function setUp() public override {
        super.setUp();
        (bridges[0], bridges[1], bridges[2]) = (l1, l2, gas);
        assets.push(Asset(0, address(0), ""));
        assets.push(Asset(0, address(gasToken), abi.encode("Gas", "GAS", uint8(18))));
        assets.push(Asset(0, address(token), abi.encode("USD Coin", "USDC", uint8(6))));
        assets.push(Asset(0, address(new MockFeeToken()), abi.encode("Fee", "FEE", uint8(18))));
        string memory name = "Longer than what a slot takes";
        assets.push(Asset(1, address(new MockToken(name, "OWNA", 0)), abi.encode(name, "OWNA", uint8(0))));
        assets.push(Asset(2, address(new MockToken("", "", 255)), abi.encode("", "", uint8(255))));
        for (uint256 i = 0; i < actors().length; ++i) {
            address actor = actors()[i];
            vm.deal(actor, 1_000 ether);
            for (uint256 asset = GAS; asset < ASSETS; ++asset) {
                MockToken(assets[asset].origin).mint(actor, 1_000 ether);
                vm.prank(actor);
                IERC20(assets[asset].origin).approve(address(bridges[assets[asset].home]), type(uint256).max);
            }
        }
    }

    function actors() public pure returns (address[2] memory) {
        return [ALICE, BOB];
    }

    function placeOf(NetworkId network) internal pure returns (uint256) {
        return network == MAINNET ? 0 : network == A ? 1 : 2;
    }

    // Recording.

    function _recordExit(uint256 place, uint256 asset, Exit memory exit) internal {
        exit.source = networks[place];
        exit.leafIndex = uint32(leaves[place].length);
        leaves[place].push(leafOf(exit));
        exits.push(exit);
        assetOfExit.push(asset);
        claimed.push(false);
        sent[place][asset] += exit.amount;
    }

    function _recordClaim(uint256 index) internal {
        Exit memory exit = exits[index];
        uint256 place = placeOf(exit.destinationNetwork);
        claimed[index] = true;
        received[place][assetOfExit[index]] += exit.amount;
        if (place == 0) return;
        bytes32 claim = keccak256(abi.encode(globalIndexOf(exit), leafOf(exit)));
        claimedChain[place] = keccak256(abi.encode(claimedChain[place], claim));
    }

    /// @dev Ethereum's exit root was published.
    function _recordMainnet() internal {
        current.counts[0] = leaves[0].length;
        current.mainnetExitRoot = PlainExitTree.root(leaves[0]);
        mainnetExitRootAt[leaves[0].length] = current.mainnetExitRoot;
        _recordGlobalExitRoot();
    }

    /// @dev An L2's exit root was settled.
    function _recordRollup(uint256 place) internal {
        current.counts[place] = leaves[place].length;
        current.rollups[NetworkId.unwrap(networks[place]) - 1] = PlainExitTree.root(leaves[place]);
        current.rollupExitRoot = PlainExitTree.root(_list(current.rollups));
        _recordGlobalExitRoot();
    }

    function _recordGlobalExitRoot() private {
        bytes32 globalExitRoot = keccak256(abi.encode(current.mainnetExitRoot, current.rollupExitRoot));
        if (_recorded[globalExitRoot]) return;
        _recorded[globalExitRoot] = true;
        snapshots.push(current);
        snapshots[snapshots.length - 1].known[0] = true;
        infoLeaves.push(
            keccak256(abi.encodePacked(globalExitRoot, blockhash(block.number - 1), uint64(block.timestamp)))
        );
        infoRoots.push(PlainExitTree.root(infoLeaves));
    }

    function _recordInsertion(uint256 place, uint256 snapshot) internal {
        snapshots[snapshot].known[place] = true;
        insertedChain[place] = keccak256(abi.encode(insertedChain[place], globalExitRootOf(snapshot)));
    }

    // Reading.

    function exitCount() public view returns (uint256) {
        return exits.length;
    }

    function snapshotCount() public view returns (uint256) {
        return snapshots.length;
    }

    function exitCountOf(uint256 place) external view returns (uint256) {
        return leaves[place].length;
    }

    function exitRootOf(uint256 place) external view returns (bytes32) {
        return PlainExitTree.root(leaves[place]);
    }

    function globalExitRootOf(uint256 snapshot) public view returns (bytes32) {
        Snapshot storage chosen = snapshots[snapshot];
        return keccak256(abi.encode(chosen.mainnetExitRoot, chosen.rollupExitRoot));
    }

    /// @notice A word of the bitmap that a place should have.
    function claimsAt(uint256 place, uint256 word) external view returns (uint256 bits) {
        for (uint256 i = 0; i < exits.length; ++i) {
            if (!claimed[i] || placeOf(exits[i].destinationNetwork) != place) continue;
            uint256 source = NetworkId.unwrap(exits[i].source);
            // Ethereum keeps network 1 where its own exits would be.
            if (place == 0 && source == 1) source = 0;
            if (source * 2 ** 24 + exits[i].leafIndex / 256 == word) bits |= 2 ** (exits[i].leafIndex % 256);
        }
    }

    function unclaimed(uint256 asset) external view returns (uint256 amount) {
        for (uint256 i = 0; i < exits.length; ++i) {
            if (!claimed[i] && assetOfExit[i] == asset) amount += exits[i].amount;
        }
    }

    function isHome(uint256 place, uint256 asset) public view returns (bool) {
        return assets[asset].home == place;
    }

    function isNative(uint256 place, uint256 asset) public pure returns (bool) {
        return asset == ETHER ? place != 2 : asset == GAS && place == 2;
    }

    /// @notice The token that stands for an asset at a place: zero if it is native there, or was never claimed.
    function tokenAt(uint256 place, uint256 asset) public view returns (address) {
        if (isNative(place, asset)) return address(0);
        if (asset == ETHER) return bridges[place].WETHToken();
        if (isHome(place, asset)) return assets[asset].origin;
        return bridges[place].getTokenWrappedAddress(networks[assets[asset].home], assets[asset].origin);
    }

    /// @notice What the bridge of its own network holds of an asset.
    function locked(uint256 asset) external view returns (uint256) {
        address bridge = address(bridges[assets[asset].home]);
        return asset == ETHER ? bridge.balance : IERC20(assets[asset].origin).balanceOf(bridge);
    }

    /// @notice How much of another network's asset there is at a place.
    function supply(uint256 place, uint256 asset) external view returns (uint256) {
        if (isNative(place, asset)) return GENESIS - address(bridges[place]).balance;
        address at = tokenAt(place, asset);
        return at == address(0) ? 0 : IERC20(at).totalSupply();
    }

    /// @notice What an L2's bridge says that it holds of another network's asset.
    function localBalance(uint256 place, uint256 asset) external view returns (uint256) {
        NetworkId home = networks[assets[asset].home];
        return asL2(bridges[place]).localBalanceTree(keccak256(abi.encodePacked(home, assets[asset].origin)));
    }

    function isKnown(uint256 place, uint256 snapshot) external view returns (bool) {
        return snapshots[snapshot].known[place];
    }

    function lastMainnetExitRoot() external view returns (bytes32) {
        return current.mainnetExitRoot;
    }

    function lastRollupExitRoot() external view returns (bytes32) {
        return current.rollupExitRoot;
    }

    /// @dev The proof of an exit under a snapshot that covers it.
    function _pathUnder(uint256 index, uint256 snapshot) internal view returns (Path memory path) {
        Snapshot storage chosen = snapshots[snapshot];
        Exit storage exit = exits[index];
        uint256 place = placeOf(exit.source);
        bytes32[] memory list = new bytes32[](chosen.counts[place]);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = leaves[place][i];
        }
        path.local = PlainExitTree.proof(list, exit.leafIndex);
        path.shortLocal = PlainExitTree.shortProof(list, exit.leafIndex);
        (path.mainnetExitRoot, path.rollupExitRoot) = (chosen.mainnetExitRoot, chosen.rollupExitRoot);
        if (place == 0) return path;
        path.rollup = PlainExitTree.proof(_list(chosen.rollups), NetworkId.unwrap(exit.source) - 1);
        path.shortRollup = PlainExitTree.shortProof(_list(chosen.rollups), NetworkId.unwrap(exit.source) - 1);
    }

    function _list(bytes32[3] memory words) private pure returns (bytes32[] memory list) {
        list = new bytes32[](3);
        (list[0], list[1], list[2]) = (words[0], words[1], words[2]);
    }
}
