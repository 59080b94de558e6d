import Glibc

/// Whole files through the C library: no Foundation, nothing kept open.
enum FileContents {
    /// The longest input that is read: far beyond any manifest, and short of what would hurt the machine.
    static let sizeLimit = 64 * 1024 * 1024

    /// Reads a file to its end.
    static func read(_ path: String) throws(FileError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("read", path, errno: errno) }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, name: path)
    }

    /// Reads a descriptor to its end.
    static func read(descriptor: Int32, name: String) throws(FileError) -> [UInt8] {
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("read", name, errno: errno)
            }
            guard count > 0 else { return contents }
            contents.append(contentsOf: chunk.prefix(count))
            guard contents.count <= sizeLimit else {
                throw FileError("read", name, "it is longer than \(sizeLimit / 1024 / 1024) MiB: split it")
            }
        }
    }

    /// Writes all bytes to a descriptor.
    static func write(_ bytes: [UInt8], descriptor: Int32, name: String) throws(FileError) {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("write", name, errno: errno)
            }
            offset += count
        }
    }

    /// Whether something exists under this name, whatever it is.
    static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    /// Whether this name is a directory, links followed.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a directory, sorted bytewise, without those that begin with a dot.
    static func names(in directory: String) throws(FileError) -> [String] {
        guard let stream = unsafe opendir(directory) else { throw FileError("list", directory, errno: errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw FileError("list", directory, errno: errno) }
                return names.sorted()
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
    }

    /// Makes a directory and those above it; one that exists is left as it is.
    static func makeDirectory(_ path: String) throws(FileError) {
        guard !isDirectory(path) else { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeDirectory(String(path[..<slash]))
        }
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw FileError("create", path, errno: errno) }
        guard isDirectory(path) else { throw FileError("create", path, "a file of that name is in the way") }
    }

    /// Puts a file in place whole or not at all: written beside it under a temporary name, synced, renamed.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t) throws(FileError) {
        let temporary = "\(path).tmp\(getpid())"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw FileError("create", temporary, errno: errno) }
        do throws(FileError) {
            defer { close(descriptor) }
            guard fchmod(descriptor, mode) == 0 else { throw FileError("write", temporary, errno: errno) }
            try write(bytes, descriptor: descriptor, name: temporary)
            guard fsync(descriptor) == 0 else { throw FileError("write", temporary, errno: errno) }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else {
            let code = errno
            unsafe unlink(temporary)
            throw FileError("write", path, errno: code)
        }
    }
}
