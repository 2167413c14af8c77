//! What the tests call on chain, as the interfaces in `contracts/src/interfaces` declare it.

use alloy_sol_types::sol;

sol! {
    #[derive(Debug, PartialEq, Eq)]
    interface IProofVerifier {
        error PublicInputNotInField(uint256 index, uint256 value);
        error ProofLengthInvalid(uint256 actual, uint256 expected);
        error ProofMalformed();
        error ProofInvalid();
        error PrecompileFailed();

        function PROVENANCE() external view returns (uint8);
        function CIRCUIT_HASH() external view returns (bytes32);
        function KEY_HASH() external view returns (bytes32);
        function verify(uint256 programDigest, uint256 statementDigest, bytes calldata proof) external view;
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IVerifierGateway {
        event RouteAdded(bytes4 indexed selector, address indexed verifier, bytes32 keyHash, uint8 provenance);
        event RouteFreezeAnnounced(bytes4 indexed selector, address indexed verifier, uint256 freezesAt);

        error RouteAlreadyExists(bytes4 selector, address verifier);
        error RouteNotFound(bytes4 selector);
        error RouteFrozen(bytes4 selector, uint256 frozenAt);
        error RouteFreezeAlreadyAnnounced(bytes4 selector, uint256 freezesAt);
        error DevelopmentKeyRefused(address verifier, uint256 chainId);
        error DevelopmentKeysOnMainnet();
        error ProofWithoutSelector(uint256 length);

        function FREEZE_DELAY() external view returns (uint256);
        function ALLOWS_DEVELOPMENT_KEYS() external view returns (bool);
        function routes(bytes4 selector) external view returns (address verifier, uint64 freezesAt);
        function verify(uint256 programDigest, uint256 statementDigest, bytes calldata proof) external view;
        function addRoute(address verifier) external;
        function freezeRoute(bytes4 selector) external;
    }
}
