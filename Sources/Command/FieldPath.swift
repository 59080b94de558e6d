import Document

/// Field paths as the API server writes them, followed into a document.
enum FieldPath {
    /// The pointer to the deepest value that a path such as `spec.containers[0].env[2].name` or `metadata.labels[a/b]`
    /// reaches: where the path goes on into what is absent, the last one that is there.
    static func deepest(_ path: String, in value: JSONValue) -> JSONPointer {
        var tokens: [String] = []
        var current = value
        for token in self.tokens(of: path) {
            let next: JSONValue?
            if current.arrayValue != nil {
                next = Int(token).flatMap { current[$0] }
            } else {
                next = current[token]
            }
            guard let next else { break }
            current = next
            tokens.append(token)
        }
        return JSONPointer(tokens: tokens)
    }

    /// Dots separate names, brackets hold an index or a key in which dots mean nothing.
    private static func tokens(of path: String) -> [String] {
        var tokens: [String] = []
        var token = ""
        var depth = 0
        func flush() {
            if !token.isEmpty { tokens.append(token) }
            token = ""
        }
        for character in path {
            switch character {
            case "[":
                if depth == 0 { flush() } else { token.append(character) }
                depth += 1
            case "]" where depth > 0:
                depth -= 1
                if depth == 0 { flush() } else { token.append(character) }
            case "." where depth == 0:
                flush()
            default:
                token.append(character)
            }
        }
        flush()
        return tokens
    }
}
