import Testing
import VerneMQ

@Suite("Images, versions and OTP releases")
struct ImageReferenceTests {
    @Test(
        "a reference is taken apart as container runtimes do",
        arguments: [
            ("vernemq/vernemq", "vernemq/vernemq", nil, nil),
            ("vernemq/vernemq:2.1.1", "vernemq/vernemq", "2.1.1", nil),
            ("localhost:5000/vernemq", "localhost:5000/vernemq", nil, nil),
            ("r.example:5000/a/vernemq:x", "r.example:5000/a/vernemq", "x", nil),
            ("vernemq@sha256:ab", "vernemq", nil, "sha256:ab"), ("vernemq:1@sha256:ab", "vernemq", "1", "sha256:ab"),
        ] as [(String, String, String?, String?)]
    )
    func parts(text: String, repository: String, tag: String?, digest: String?) {
        let image = ImageReference(text)
        #expect(image?.repository == repository)
        #expect(image?.tag == tag)
        #expect(image?.digest == digest)
    }

    @Test(
        "what is no reference is none",
        arguments: ["", " ", "a b", "a:", "a@", "/a", "a//b", "a/", "a\n", "é", ":1", "@sha256:1"]
    )
    func none(text: String) {
        #expect(ImageReference(text) == nil)
    }

    @Test(
        "an image is the broker's by the last part of its path alone",
        arguments: [
            ("vernemq", true), ("docker.io/vernemq/vernemq:2", true), ("x/docker-vernemq@sha256:1", true),
            ("vernemq/exporter", false), ("x/vernemq-exporter:1", false), ("vernemqs", false),
            ("vernemq.example/x", false),
        ]
    )
    func isVerneMQ(text: String, expected: Bool) {
        #expect(ImageReference(text)?.isVerneMQ == expected)
    }

    @Test(
        "the pull policy that Kubernetes assumes",
        arguments: [
            ("a", "Always"), ("a:latest", "Always"), ("a:1", "IfNotPresent"), ("a:latest@sha256:1", "IfNotPresent"),
        ]
    )
    func pullPolicy(text: String, expected: String) {
        #expect(ImageReference(text)?.defaultPullPolicy == expected)
    }

    @Test(
        "a tag begins with the version or names none",
        arguments: [
            ("2.1.1", "2.1.1"), ("v2.2.0", "2.2.0"), ("2.1.1-alpine", "2.1.1"), ("1.12.3-1-alpine", "1.12.3"),
            ("2.0.0-rc1", "2.0.0"),
            ("1.10.4.1", "1.10.4.1"), ("2.1", "2.1"), ("latest", nil), ("2", nil), ("", nil), ("2.", nil), (".2", nil),
            ("1.2.3.4.5", nil), ("99999999.1", nil), ("alpine-2.1.1", nil),
        ] as [(String, String?)]
    )
    func version(tag: String, expected: String?) {
        #expect(VerneMQVersion(tag: tag)?.description == expected)
    }

    @Test("versions compare number by number")
    func order() {
        #expect(VerneMQVersion(2, 1) == VerneMQVersion(2, 1, 0))
        #expect(VerneMQVersion(2, 1).hashValue == VerneMQVersion(2, 1, 0).hashValue)
        #expect(VerneMQVersion(1, 13) > VerneMQVersion(1, 9, 9))
        #expect(VerneMQVersion(1, 10, 4) < VerneMQVersion(1, 10, 4, 1))
    }

    /// The releases of VerneMQ with the OTP release that their own workflow, or the newest of its test matrix, names.
    static let releases: [(String, String)] = [
        ("1.6.0", "21.1"), ("1.6.2", "21.1"), ("1.7.0", "21.2"), ("1.8.0", "21.2"), ("1.9.0", "22.0"),
        ("1.9.2", "22.0"),
        ("1.10.0", "22.0"), ("1.10.2", "22.0"), ("1.10.3", "22.3"), ("1.10.4", "23.0"), ("1.10.4.1", "23.0"),
        ("1.11.0", "23.0"), ("1.12.0", "23.0"), ("1.12.6.2", "23.0"), ("1.13.0", "23.2.1"), ("2.0.0", "25.3.2"),
        ("2.0.1", "25.3.2"), ("2.1.0", "26.2"), ("2.1.1", "26.2"), ("2.1.2", "26.2"), ("2.2.0", "27.3"),
    ]

    @Test("each release has its OTP", arguments: releases)
    func otp(version: String, expected: String) {
        let release = OTPRelease.release(for: VerneMQVersion(tag: version))
        #expect(release.otp == expected)
        #expect(release.isKnown)
    }

    @Test(
        "a version that the table does not cover gets the newest, and it is said",
        arguments: ["0.9.4", "1.5.0", "2.3.0", "3.0.0"]
    )
    func unknown(version: String) {
        #expect(OTPRelease.release(for: VerneMQVersion(tag: version)) == (OTPRelease.newest, false))
        #expect(OTPRelease.release(for: nil) == (OTPRelease.newest, false))
    }
}
