#!/bin/sh
# Install or upgrade Paperboy on a server. `make install` runs it, as often as you like.
#
# Each run makes a release of its own and turns to it only when it is whole; settings and papers
# are left as they are. With DESTDIR, everything lands under that folder, and neither users nor
# services are touched: for packagers, and for a look before the real thing.
set -eu

prefix=${PREFIX:-/opt/paperboy}
root=${DESTDIR:-}
[ -z "$root" ] || root=$(mkdir -p "$root" && cd "$root" && pwd)
releases="$root$prefix/releases"
release="$releases/$(date -u +%Y%m%dT%H%M%SZ)-$$"
state="$root/var/lib/paperboy"
settings="$root/etc/paperboy"
unit="$root/etc/systemd/system/paperboy.service"
command="$root/usr/local/bin/paperboy"

give_up() {
    echo "$1" >&2
    exit 1
}

real() {
    [ -z "$root" ]
}

check_root() {
    if real && [ "$(id -u)" != 0 ]; then
        give_up "make install needs root: sudo make install (or DESTDIR=/some/folder to try it)."
    fi
}

make_release() {
    trap 'rm -rf "$release"' EXIT
    trap 'exit 130' INT TERM
    mkdir -p "$releases"
    # The service's user must be able to run this Python: not one from somebody's home.
    PATH="/usr/local/bin:/usr/bin:/bin:$PATH" UV_PYTHON_INSTALL_DIR="$root$prefix/python" \
        sh .ci/environment "$release" requirements.lock copy
    if real; then
        home=$("$release/bin/python" -c 'import sys; print(sys.base_prefix)')
        case $home in
        /root/* | /home/*) give_up "The service can't use the Python in $home: install python3." ;;
        esac
    fi
    (cd / && "$release/bin/paperboy" --help >/dev/null) || give_up "The new release does not start."
}

make_user() {
    real || return 0
    id paperboy >/dev/null 2>&1 || useradd --system --user-group --no-create-home \
        --home-dir /var/lib/paperboy --shell /usr/sbin/nologin paperboy
}

lay_settings() {
    mkdir -p "$settings" "$state"
    cp .env.example "$settings/paperboy.env.example"
    if [ ! -e "$settings/paperboy.env" ]; then
        (umask 077 && cp .env.example "$settings/paperboy.env")
    fi
    ln -sf /etc/paperboy/paperboy.env "$state/.env"
    chmod 0750 "$settings" "$state"
    chmod 0640 "$settings/paperboy.env"
    if real; then
        chown root:paperboy "$settings" "$settings/paperboy.env"
        chown paperboy:paperboy "$state"
    fi
}

lay_command() {
    mkdir -p "$(dirname "$command")" "$(dirname "$unit")"
    cat >"$command.new" <<END
#!/bin/sh
# Paperboy's command line with the server's settings and papers, as the service's user.
cd /var/lib/paperboy 2>/dev/null || { echo "paperboy: try sudo paperboy" >&2; exit 1; }
export PAPERBOY_HOME=/var/lib/paperboy
if [ "\$(id -un)" = paperboy ]; then exec $prefix/current/bin/paperboy "\$@"; fi
[ "\$(id -u)" = 0 ] || { echo "paperboy: try sudo paperboy" >&2; exit 1; }
exec setpriv --reuid=paperboy --regid=paperboy --init-groups $prefix/current/bin/paperboy "\$@"
END
    chmod 0755 "$command.new"
    mv "$command.new" "$command"
    sed "s|@PREFIX@|$prefix|g" docs/deploy/paperboy.service >"$unit.new"
    mv "$unit.new" "$unit"
}

# One rename, so that `current` is never missing and never half.
turn_to_release() {
    "$release/bin/python" -c 'import os, sys
new, current = sys.argv[1:]
os.symlink(new, current + ".new")
os.replace(current + ".new", current)' "releases/${release##*/}" "$root$prefix/current"
    trap - EXIT
}

# The one before stays, to go back to.
remove_old_releases() {
    find "$releases" -mindepth 1 -maxdepth 1 -type d | sort -r | tail -n +3 |
        while read -r old; do rm -rf "$old"; done
}

restart() {
    if ! real || [ ! -d /run/systemd/system ]; then
        echo "Installed in $root$prefix; systemd is not running here, so nothing was started."
        return
    fi
    systemctl daemon-reload
    systemctl --quiet enable paperboy
    if systemctl --quiet is-active paperboy; then
        systemctl restart paperboy
        echo "Paperboy is upgraded and was restarted: systemctl status paperboy"
    else
        echo "Paperboy is installed. Fill in /etc/paperboy/paperboy.env, then:"
        echo "    sudo paperboy doctor && sudo systemctl start paperboy"
    fi
}

check_root
umask 022
make_release
make_user
lay_settings
lay_command
turn_to_release
remove_old_releases
restart
