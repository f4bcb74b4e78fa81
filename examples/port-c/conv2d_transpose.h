/* The implementation under test: it knows nothing of frames. Replace it by yours. */
#ifndef CONV2D_TRANSPOSE_H
#define CONV2D_TRANSPOSE_H

struct axis { long long input, kernel, stride, dilation, crop_before, output; };

struct call {
    int channels_last;
    long long batch, in, out;
    struct axis axis[2];
};

/* Reads a request's arguments, a JSON object, into the call; says why the call is wrong, or NULL. */
const char *judge(const char *arguments, struct call *call);

/* Adds to y, which is zeros, what x and the filter w give; all in the call's layout. */
void conv2d_transpose(const struct call *call, const double *x, const double *w, double *y);

#endif
