// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IMessageReceiver, ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";

/// @notice Keeps the last message.
contract MockReceiver is IMessageReceiver {
    address public originAddress;
    uint32 public originNetwork;
    bytes public data;
    uint256 public value;

    function onMessageReceived(address originAddress_, uint32 originNetwork_, bytes calldata data_)
        external
        payable
    {
        (originAddress, originNetwork, data, value) = (originAddress_, originNetwork_, data_, msg.value);
    }
}

/// @notice Takes neither ether nor messages.
contract MockRefuser {
    error Refused();

    fallback() external payable {
        revert Refused();
    }
}

/// @notice Sends on whatever value comes with a message.
contract MockForwarder is IMessageReceiver {
    function onMessageReceived(address, uint32 originNetwork, bytes calldata) external payable {
        ISharedBridge(msg.sender).bridgeAsset{value: msg.value}(
            NetworkId.wrap(originNetwork), address(this), msg.value, address(0), false, ""
        );
    }
}

/// @notice Calls whatever it was told while it takes a message, and takes it whatever comes of that.
contract MockReentrantReceiver is IMessageReceiver {
    address private _target;
    bytes private _call;
    bytes public answer;
    bool public succeeded;

    function set(address target, bytes calldata call_) external {
        (_target, _call) = (target, call_);
    }

    function onMessageReceived(address, uint32, bytes calldata) external payable {
        (succeeded, answer) = _target.call(_call);
    }
}

/// @notice Takes a message with more data than it is worth copying.
contract MockBomb is IMessageReceiver {
    function onMessageReceived(address, uint32, bytes calldata) external payable {
        assembly {
            return(0, 100000)
        }
    }
}
