import PKI
import Testing
import Transport

@Suite("A held certificate")
struct HeldCertificateTests {
    @Test("is shown from when it comes, and stays when the next one is of no use")
    func showing() throws {
        let authority = try CertificateAuthority(commonName: "test", lifetime: .seconds(86_400), now: 1_800_000_000)
        func identity(_ lifetime: Int) throws -> (TLSIdentity, notAfter: Int64) {
            let made = try authority.issueServer(names: [.dns("a")], lifetime: .seconds(lifetime), now: 1_800_000_000)
            let identity = TLSIdentity(certificateChain: try made.certificate.pem(), privateKey: try made.key.pem())
            return (identity, made.certificate.notAfter)
        }
        let held = HeldCertificate()
        #expect(held.contexts.current == nil)
        #expect(held.notAfter == nil)
        let (first, second) = (try identity(600), try identity(700))
        #expect(try held.show(first.0))
        #expect(try !held.show(first.0))
        #expect(held.notAfter == first.notAfter)
        let context = held.contexts.current
        #expect(throws: TransportError.self) {
            try held.show(TLSIdentity(certificateChain: second.0.certificateChain, privateKey: first.0.privateKey))
        }
        #expect(held.contexts.current === context)
        #expect(try held.show(second.0))
        #expect(held.notAfter == second.notAfter)
    }
}
