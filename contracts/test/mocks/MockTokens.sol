// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @notice An ordinary token that anybody mints and burns.
contract MockToken is ERC20Permit {
    uint8 private immutable _DECIMALS;

    constructor(string memory name, string memory symbol, uint8 decimals_)
        ERC20(name, symbol)
        ERC20Permit(name)
    {
        _DECIMALS = decimals_;
    }

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function burn(address account, uint256 value) external {
        _burn(account, value);
    }

    function decimals() public view override returns (uint8) {
        return _DECIMALS;
    }
}

/// @notice A token that keeps a hundredth of each transfer.
contract MockFeeToken is ERC20 {
    constructor() ERC20("Fee", "FEE") {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to != address(0)) super._update(to, address(0), value / 100);
    }
}

/// @notice A token with DAI's permit.
contract MockDaiToken is ERC20 {
    error WrongPermit();

    constructor() ERC20("Dai", "DAI") {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function permit(
        address holder,
        address spender,
        uint256 nonce,
        uint256 expiry,
        bool allowed,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        bytes32 digest = keccak256(abi.encode(holder, spender, nonce, expiry, allowed));
        if (ecrecover(digest, v, r, s) != holder) revert WrongPermit();
        _approve(holder, spender, allowed ? type(uint256).max : 0);
    }
}

/// @notice A token that answers with whatever it was given.
contract MockOddToken {
    bytes private _answer;
    bool private _reverts;

    function set(bytes calldata answer, bool reverts) external {
        (_answer, _reverts) = (answer, reverts);
    }

    fallback() external {
        bytes memory answer = _answer;
        bool reverts = _reverts;
        assembly {
            if reverts { revert(add(answer, 32), mload(answer)) }
            return(add(answer, 32), mload(answer))
        }
    }
}

/// @notice Keeps the calldata of the last call, or refuses it.
contract MockCallee {
    error Refused();

    bytes public received;
    bool private _refuses;

    function refuse() external {
        _refuses = true;
    }

    fallback() external {
        if (_refuses) revert Refused();
        received = msg.data;
    }
}

/// @notice A token that, while it is transferred, calls whatever it was told.
contract MockReentrantToken is ERC20 {
    address private _target;
    bytes private _call;
    bytes public answer;
    bool public succeeded;

    constructor() ERC20("Reentrant", "RE") {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function set(address target, bytes calldata call_) external {
        (_target, _call) = (target, call_);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target != address(0)) (succeeded, answer) = _target.call(_call);
    }
}
