import PKI
import Testing

private let now: Int64 = 1_790_000_000
private let day: Int64 = 86_400

@Suite("A certificate authority")
struct AuthorityTests {
    let authority: CertificateAuthority

    init() throws {
        authority = try CertificateAuthority(commonName: "test authority", lifetime: .seconds(10 * day), now: now)
    }

    @Test("signs itself, from an hour ago until its lifetime ends")
    func signsItself() throws {
        let certificate = authority.certificate
        #expect(certificate.isAuthority)
        #expect(certificate.isSigned(by: certificate))
        #expect(certificate.commonName == "test authority")
        #expect(certificate.notBefore == now - 3_600)
        #expect(certificate.notAfter == now + 10 * day)
        #expect(authority.credential.key.matches(certificate))
    }

    @Test("issues server certificates that are good for their names only")
    func servers() throws {
        let names: [SubjectName] = [
            .dns("hook.default.svc"), .dns("*.example.org"), .ip("192.0.2.1"), .ip("2001:db8::1"),
        ]
        let issued = try authority.issueServer(names: names, lifetime: .seconds(day), now: now)
        let certificate = issued.certificate
        #expect(!certificate.isAuthority)
        #expect(certificate.isSigned(by: authority.certificate))
        #expect(issued.key.matches(certificate))
        #expect(!issued.key.matches(authority.certificate))
        #expect(certificate.notAfter == now + day)
        for name in names where name != .dns("*.example.org") { #expect(certificate.covers(name), "\(name)") }
        #expect(certificate.covers(.dns("a.example.org")))
        for name: SubjectName in [.dns("default.svc"), .dns("a.b.example.org"), .ip("192.0.2.2"), .dns("example.org")] {
            #expect(!certificate.covers(name), "\(name)")
        }
    }

    @Test("issues client certificates with user and groups")
    func clients() throws {
        let issued = try authority.issueClient(
            commonName: "system:node",
            organizations: ["a", "b"],
            lifetime: .seconds(day),
            now: now
        )
        #expect(issued.certificate.commonName == "system:node")
        #expect(issued.certificate.isSigned(by: authority.certificate))
    }

    @Test("lets no certificate outlive it, and signs none once it has expired")
    func lifetimes() throws {
        let late = now + 9 * day
        let issued = try authority.issueServer(names: [.dns("a")], lifetime: .seconds(30 * day), now: late)
        #expect(issued.certificate.notAfter == authority.certificate.notAfter)
        #expect(issued.certificate.isValid(at: late))
        #expect(!issued.certificate.isValid(at: late + 2 * day))
        #expect(throws: PKIError.authorityExpired) {
            try authority.issueServer(names: [.dns("a")], lifetime: .seconds(day), now: now + 11 * day)
        }
    }

    @Test("gives every certificate a serial number of its own, of 128 bits")
    func serialNumbers() throws {
        let serials = try (0..<20).map { _ in
            try authority.issueServer(names: [.dns("a")], lifetime: .seconds(day), now: now).certificate.serialNumber
        }
        #expect(Set(serials).count == 20)
        // Twenty numbers of 128 bits that all begin with sixteen zeros would be one chance in 2^320.
        #expect(serials.contains { $0.utf8.count >= 29 })
        #expect(serials.allSatisfy { $0.utf8.count <= 32 })
    }

    @Test("is not the issuer of another authority's certificates")
    func foreign() throws {
        let other = try CertificateAuthority(commonName: "test authority", lifetime: .seconds(day), now: now)
        let issued = try other.issueServer(names: [.dns("a")], lifetime: .seconds(60), now: now)
        #expect(!issued.certificate.isSigned(by: authority.certificate))
    }
}

@Suite("PEM text")
struct PEMTests {
    @Test("carries certificates and keys there and back")
    func roundTrip() throws {
        let authority = try CertificateAuthority(commonName: "a", lifetime: .seconds(day), now: now)
        let issued = try authority.issueServer(names: [.dns("b")], lifetime: .seconds(60), now: now)
        let chain = try issued.certificate.pem() + authority.certificate.pem()
        let read = try Certificate.list(pem: chain)
        #expect(read.map(\.serialNumber) == [issued.certificate.serialNumber, authority.certificate.serialNumber])
        let key = try PrivateKey(pem: try issued.key.pem())
        #expect(key.matches(try Certificate(pem: chain)))
        #expect(String(decoding: try key.pem(), as: UTF8.self).hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    }

    @Test(
        "that is none is refused",
        arguments: [
            "", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n",
        ]
    )
    func refused(_ text: String) {
        #expect(throws: PKIError.self) { try Certificate(pem: Array(text.utf8)) }
        #expect(throws: PKIError.self) { try Certificate.list(pem: Array(text.utf8)) }
        #expect(throws: PKIError.self) { try PrivateKey(pem: Array(text.utf8)) }
    }
}

@Suite("Subject names")
struct SubjectNameTests {
    @Test(
        "are DNS names or IP addresses",
        arguments: [
            ("a.example.org", SubjectName.dns("a.example.org")), ("*.example.org", .dns("*.example.org")),
            ("127.0.0.1", .ip("127.0.0.1")), ("::1", .ip("::1")), ("localhost", .dns("localhost")),
        ]
    )
    func accepted(_ text: String, _ expected: SubjectName) throws {
        #expect(try SubjectName(text) == expected)
    }

    @Test(
        "are nothing else, and smuggle nothing into the certificate",
        arguments: [
            "", ".", "a..b", "-a", "a,DNS:b", "a b", "a\nb", "*", "a.*.b", "dirName:x",
            String(repeating: "a", count: 64),
        ]
    )
    func refused(_ text: String) throws {
        #expect(throws: PKIError.invalidName(text)) { try SubjectName(text) }
        let authority = try CertificateAuthority(commonName: "a", lifetime: .seconds(day), now: now)
        #expect(throws: PKIError.invalidName(text)) {
            try authority.issueServer(names: [.dns(text)], lifetime: .seconds(60), now: now)
        }
    }
}
