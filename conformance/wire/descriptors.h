/* SPDX-License-Identifier: MIT
 *
 * Descriptors must not slip into children that another thread starts at the same moment: a connection that a child
 * holds open does not close when we close it. Held while a descriptor is made and marked, and while a child starts. */
#ifndef WIRE_DESCRIPTORS_H
#define WIRE_DESCRIPTORS_H

void descriptors_lock(void);
void descriptors_unlock(void);
void descriptor_close_on_exec(int fd);

#endif
