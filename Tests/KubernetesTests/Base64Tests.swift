import Foundation
import Kubernetes
import Testing

@Suite("Base64")
struct Base64Tests {
    @Test(
        "the vectors of RFC 4648 §10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func vectors(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test("agrees with Foundation on bytes of every kind and length")
    func oracle() {
        var bytes: [UInt8] = []
        for length in 0..<512 {
            #expect(Base64.encode(bytes) == Data(bytes).base64EncodedString())
            #expect(Base64.decode(Data(bytes).base64EncodedString()) == bytes)
            bytes.append(UInt8(truncatingIfNeeded: length &* 167 &+ 13))
        }
    }

    @Test(
        "what is not canonical is refused",
        arguments: [
            "Z", "Zg", "Zg=", "Zm9vYg=", "Zh==", "Zm9=", "Z===", "====", "Zm9v\n", "Zm 9v", "Zm_v", "Z=g=", "äöü=",
        ]
    )
    func refusals(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
