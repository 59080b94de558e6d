/// Which Erlang/OTP a VerneMQ release is built with. A plugin that was compiled by a newer OTP than the broker's does not
/// load, so builders take the broker's.
public enum OTPRelease {
    /// The OTP of the newest release that this table knows.
    public static let newest = "27.3"

    /// The OTP release that the release packages and images of a VerneMQ version are built with.
    ///
    /// - Returns: the release and whether the version is one that the table covers; for a version that is nil, older than
    ///   1.6 or newer than the table, the newest and false.
    public static func release(for version: VerneMQVersion?) -> (otp: String, isKnown: Bool) {
        guard let version, version < VerneMQVersion(2, 3), let row = table.last(where: { $0.since <= version }) else {
            return (newest, false)
        }
        return (row.otp, true)
    }

    /// First version of each step and its OTP: the `OTP_VERSION` default of the release workflow in VerneMQ's source
    /// tree at that tag; before there was one (1.13), the newest release of its test matrix.
    private static let table: [(since: VerneMQVersion, otp: String)] = [
        (VerneMQVersion(1, 6), "21.1"),
        (VerneMQVersion(1, 7), "21.2"),
        (VerneMQVersion(1, 9), "22.0"),
        (VerneMQVersion(1, 10, 3), "22.3"),
        (VerneMQVersion(1, 10, 4), "23.0"),
        (VerneMQVersion(1, 13), "23.2.1"),
        (VerneMQVersion(2, 0), "25.3.2"),
        (VerneMQVersion(2, 1), "26.2"),
        (VerneMQVersion(2, 2), newest),
    ]
}
