// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title ITurns
/// @notice The only right to settle, for a while, for whoever pays its price: a settlement makes every other proof in flight stale, and who
/// has begun a long one wants to see it through. While nobody has a turn, anybody may settle.
/// @dev The price is a bond and a fee. The bond comes back with a settlement within the turn, and stays here for ever otherwise. The fee
/// stays here for ever in any case: whoever settles something small in every turn gets all his bonds back. It doubles with each turn that
/// is taken and halves in `HALF_LIFE`, which is several turns: turns one after the other grow dear without bound.
///
/// Risk: that holds for turns on end, and for them alone. Whoever only wants turns to be dear takes one and settles something small that he
/// has ready, at once. To keep the fee from ever falling below f costs him f in each `HALF_LIFE`: 12 f a day, for as long as he pays, where
/// each of the others pays f for one turn, and more behind one another. A price asks of him what it asks of them, and can do no better. What
/// he gains: those who do without a turn may find that he settled something before them, and their proofs stale.
interface ITurns {
    /// @notice `holder` alone may settle until `endsAt`, and paid the fee besides the bond.
    event TurnReserved(address indexed holder, uint256 endsAt, uint256 fee);

    /// @notice The holder settled within the turn: it is over, and the bond is his to withdraw.
    event BondReturned(address indexed holder, uint256 bond);

    /// @notice The turn ended without a settlement. Noticed when the next is taken.
    event BondBurned(address indexed holder, uint256 bond);

    /// @notice What was owed was paid out.
    event Withdrawn(address indexed account, uint256 amount);

    /// @notice Somebody has a turn until `endsAt`.
    error TurnTaken(address holder, uint256 endsAt);

    /// @notice Somebody else alone may settle, or have a program adopted, until `endsAt`.
    error NotYourTurn(address holder, uint256 endsAt);

    /// @notice A turn costs more than what was sent with the call.
    error PriceNotPaid(uint256 price, uint256 paid);

    /// @notice The account did not take what is owed to it.
    error WithdrawalFailed(address account, uint256 amount);

    /// @notice Seconds of a turn: longer than it takes to prove an epoch.
    function TURN() external view returns (uint64);

    /// @notice Seconds in which the fee halves.
    function HALF_LIFE() external view returns (uint64);

    /// @notice What comes back with a settlement.
    function BOND() external view returns (uint256);

    /// @notice The fee after a long time without turns.
    function LEAST_FEE() external view returns (uint256);

    /// @notice Who took a turn last and has not settled in it, and its end, which may be past.
    function turn() external view returns (address holder, uint64 endsAt);

    /// @notice What a turn costs now: bond and fee.
    function turnPrice() external view returns (uint256);

    /// @notice Bonds that came back, and what was paid above a price.
    function owed(address account) external view returns (uint256);

    /// @notice Takes a turn from now on, unless settlement is stopped. What is sent above the price is owed to the caller: prices fall while a transaction waits.
    function reserve() external payable;

    /// @notice Pays out what is owed to the caller.
    function withdraw() external;
}
