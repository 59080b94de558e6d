import Glibc
import Transport

/// A socket without an event loop, for what well-behaved streams cannot do. The kernel answers for a listening server at
/// once, so that none of these calls blocks on it.
struct BlockingSocket {
    let number: CInt

    init() {
        number = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    }

    func connect(to port: UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.send(number, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }

    /// Waits for bytes; empty at the end of the stream.
    func receive() -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let capacity = bytes.count
        let count = unsafe recv(number, &bytes, capacity, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// Ends the connection with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        Glibc.close(number)
    }
}
