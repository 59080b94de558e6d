/// What can be given to `vmq-admin` as an argument.
public enum AdminArgument {
    /// Whether a text arrives as it is. The script `vmq-admin` passes its arguments on unquoted, so that the shell splits
    /// them at blanks and expands patterns; and Erlang's own flags end what the program sees.
    public static func isSafe(_ text: String) -> Bool {
        guard !text.isEmpty else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x21...0x7E: !Self.special.contains(byte)
            case 0x80...: true
            default: false
            }
        }
    }

    private static let special = Set("*?[]{}\\\"'`$~".utf8)
}
