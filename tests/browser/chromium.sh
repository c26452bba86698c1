#!/bin/sh
# Makes sure that a Chromium and a Chinese font are here: with apt where that is possible, otherwise says how.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && { fc-list :lang=zh 2>/dev/null | grep -q . && exit 0; break; }
done
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo -n"
if command -v apt-get >/dev/null 2>&1 && $sudo true 2>/dev/null; then
    echo "Installing Chromium and Noto CJK fonts with apt-get ..."
    $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends \
        chromium fonts-noto-cjk fontconfig >/dev/null && exit 0
fi
echo "The browser tests need Chromium and a Chinese font. Debian or Ubuntu: apt-get install chromium fonts-noto-cjk;" >&2
echo "Fedora: dnf install chromium google-noto-sans-cjk-fonts; macOS: brew install --cask chromium. Without them: make test-fast." >&2
exit 1
