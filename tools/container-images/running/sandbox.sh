# sandbox.sh ROOT DATA VARIABLE=VALUE… PROGRAM ARGUMENTS…   started by sandbox.mjs inside of new mount and process namespaces
#
# What Kubernetes does with readOnlyRootFilesystem, runAsUser, capabilities dropped and allowPrivilegeEscalation off: the
# root is mounted read-only, /tmp and DATA can be written, there is a /proc and four devices, and nothing can gain rights.
set -eu
root=$1 data=$2
shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
for name in null zero random urandom; do
  touch "$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
mount -o remount,ro "$root/dev"
[ -z "$data" ] || mount --bind "$data" "$root/var/lib/image2model"
# the last three rights are those to enter the root and to become another user; PROGRAM does both, and then they are gone
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all,+sys_chroot,+setuid,+setgid env -i "$@"
