import VerneMQ

/// Finds the files that an `include` line of a `vernemq.conf` names, as VerneMQ finds them: from the directory of the file
/// that includes, `*` standing for any part of a name.
enum IncludeReader {
    /// How many files one pattern may name.
    private static let limit = 256

    @Sendable
    static func files(_ pattern: String, _ includingFile: String) -> [ConfigurationFile.IncludedFile] {
        let directory = includingFile.lastIndex(of: "/").map { String(includingFile[..<$0]) } ?? "."
        var paths = [pattern.hasPrefix("/") ? "" : directory]
        for part in pattern.split(separator: "/") {
            paths = Array(paths.flatMap { expand(String(part), in: $0) }.prefix(limit))
        }
        return paths.filter { FileContents.exists($0) && !FileContents.isDirectory($0) }.map { path in
            let name = path.hasPrefix("./") && !includingFile.hasPrefix("./") ? String(path.dropFirst(2)) : path
            return ConfigurationFile.IncludedFile(path: name, contents: contents(of: path))
        }
    }

    private static func contents(of path: String) -> Result<String, ConfigurationFile.Unreadable> {
        do throws(FileError) {
            let bytes = try FileContents.read(path)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                return .failure(.init("it is not UTF-8 text"))
            }
            return .success(text)
        } catch {
            return .failure(.init(error.reason))
        }
    }

    private static func expand(_ part: String, in directory: String) -> [String] {
        guard part.contains("*") else { return ["\(directory)/\(part)"] }
        do throws(FileError) {
            let names = try FileContents.names(in: directory.isEmpty ? "/" : directory)
            return names.filter { matches($0, part) }.map { "\(directory)/\($0)" }
        } catch {
            return []  // what cannot be listed has no file that matches
        }
    }

    /// Whether a name fits a pattern: the pieces between the stars stand in it in their order.
    private static func matches(_ name: String, _ pattern: String) -> Bool {
        let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        guard let first = pieces.first, let last = pieces.last, name.hasPrefix(first), name.hasSuffix(last),
            name.utf8.count >= first.utf8.count + last.utf8.count
        else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let range = rest.firstRange(of: piece) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
