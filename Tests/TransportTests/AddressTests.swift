import Testing

@testable import Transport

@Suite("Addresses")
struct AddressTests {
    @Test(
        "are read and written in their usual form",
        arguments: ["192.0.2.1:443", "[2001:db8::1]:8443", "[::]:0", "0.0.0.0:65535"]
    )
    func roundTrip(_ text: String) throws {
        #expect(try SocketAddress(text).description == text)
    }

    @Test("without a host mean every address")
    func anyHost() throws {
        #expect(try SocketAddress(":8080").description == "[::]:8080")
    }

    @Test(
        "that are none are refused",
        arguments: [
            "", ":", "8080", "localhost:80", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "::1:80", "[::1:80",
            "[1.2.3.4]:80",
            "1.2.3:80", "[]:80", "1.2.3.4:-1", "1.2.3.4:80 ",
        ]
    )
    func refused(_ text: String) {
        #expect(throws: TransportError.invalidAddress(text)) { try SocketAddress(text) }
    }
}
