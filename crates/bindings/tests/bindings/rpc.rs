//! Calls and deployments over alloy's providers.

use alloy::{
    providers::{Provider, ProviderBuilder, mock::Asserter},
    sol_types::SolConstructor,
};
use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolValue;
use causeway_bindings::VerifierGateway;

fn provider(asserter: Asserter) -> impl Provider {
    ProviderBuilder::default().connect_mocked_client(asserter)
}

#[test]
fn deploys_the_bytecode_with_its_arguments() {
    let owner = Address::repeat_byte(0x11);
    let call = VerifierGateway::deploy_builder(provider(Asserter::new()), owner, true);
    let arguments = VerifierGateway::constructorCall {
        owner,
        allowsDevelopmentKeys: true,
    };
    let expected = [VerifierGateway::BYTECODE.as_ref(), &arguments.abi_encode()].concat();
    assert_eq!(*call.calldata(), Bytes::from(expected));
}

#[tokio::test]
async fn reads_what_a_node_answers() {
    let asserter = Asserter::new();
    let verifier = Address::repeat_byte(0x22);
    let answer = (verifier, U256::from(7)).abi_encode_params();
    asserter.push_success(&Bytes::from(answer));
    let gateway = VerifierGateway::new(Address::repeat_byte(0x33), provider(asserter));
    let route = gateway.routes([1, 2, 3, 4].into()).call().await.unwrap();
    assert_eq!((route.verifier, route.freezesAt), (verifier, 7));
}
