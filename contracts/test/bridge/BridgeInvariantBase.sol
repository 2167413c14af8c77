// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";
import {BridgeHandler} from "./handlers/BridgeHandler.sol";

/// @notice What forge reads of the actions that it may take.
struct FuzzSelector {
    address addr;
    bytes4[] selectors;
}

/// @notice Runs of the handler's actions alone, none of which may revert.
abstract contract BridgeInvariantBase is Base {
    /// @dev Actions of a run, as foundry.toml has it.
    uint256 private constant DEPTH = 64;

    BridgeHandler internal handler;

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

    /// @dev Whatever left and had not arrived yet arrives in the end, once. No whole run is idle; one that forge cut to what fails may be.
    function afterInvariant() public virtual {
        if (handler.actions() == DEPTH) vm.assertLe(4, handler.exitCount());
        handler.finish();
        vm.assertEq(handler.claims(), handler.exitCount());
        vm.assertLe(handler.claims(), handler.refusals());
    }
}
