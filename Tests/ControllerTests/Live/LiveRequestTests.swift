import Document
import Testing

@testable import Controller

@Suite("Whose brokers are configured")
struct LiveRequestTests {
    @Test(
        "brokers of a StatefulSet that is paused, or that goes, are left alone",
        arguments: [
            ([:], true),
            (["annotations": ["vmq.k8s.vernemq.com/pause": "false"]], true),
            (["annotations": ["vmq.k8s.vernemq.com/pause": "true"]], false),
            (["deletionTimestamp": "2026-11-25T00:00:00Z"], false),
        ] as [(JSONValue, Bool)]
    )
    func welcome(metadata: JSONValue, isWelcome: Bool) {
        #expect(LiveRequest.isWelcome(on: ["metadata": metadata]) == isWelcome)
    }
}
