# A formula for Homebrew. The address and the checksum are those of a release's archive, as
# `meson dist` makes it; put yours in.
class Assent < Formula
  desc "Consent filter for customer event streams"
  homepage "https://assent.example"
  url "https://assent.example/assent-0.1.0.tar.xz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "ISC"

  depends_on "meson" => :build
  depends_on "ninja" => :build
  depends_on "pkgconf" => :build
  depends_on "libunistring"
  depends_on "yajl"
  depends_on "zstd"

  uses_from_macos "zlib"

  def install
    system "meson", "setup", "build", *std_meson_args
    system "meson", "compile", "-C", "build"
    system "meson", "install", "-C", "build"
  end

  test do
    (testpath/"mapping.json").write '{"version": 1, "destinations": {"ads": ["Ads"]}}'
    assert_equal "ads\t{}\n", pipe_output("#{bin}/assent -m mapping.json", "{}\n", 0)
  end
end
